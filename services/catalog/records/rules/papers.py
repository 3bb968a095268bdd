"""What an item needs and what it issues."""

from collections.abc import Collection, Mapping
from typing import Any

from services.catalog.records.rules.flaws import flaw, twice, unknown
from services.catalog.records.rules.instant import unknown_commitment
from services.chassis.errors import Flaw


def requirement_flaws(
    item: Mapping[str, Any], departments: Collection[str], evidence: Collection[str]
) -> list[Flaw]:
    needs = item["requirements"]
    flaws = unknown("/requirements/{}/evidence", [one["evidence"] for one in needs], evidence)
    flaws += unknown("/requirements/{}/kept_by", [one["kept_by"] for one in needs], departments)
    asked = [(one["evidence"], one["whose"], one["when"]) for one in needs]
    flaws += twice("/requirements/{}/evidence", asked, "{0[0]}")
    known = [one["code"] for one in item["commitments"]]
    for place, need in enumerate(needs):
        pointer = f"/requirements/{place}"
        flaws += unknown_commitment(f"{pointer}/commitment", need["commitment"], known)
        flaws += _need_flaws(pointer, need)
    return flaws


def _need_flaws(pointer: str, need: Mapping[str, Any]) -> list[Flaw]:
    flaws = []
    if need["deferral"] is not None and not need["deferrable"]:
        told = "不可容缺的材料没有后补期限。", "What is not deferrable has no later date."
        flaws.append(flaw("deferral-misplaced", f"{pointer}/deferral", *told))
    if need["register_name"] and need["source"] != "register":
        told = "并非登记库核验，不应写登记库。", "No register is asked here: the source is another."
        flaws.append(flaw("register-misplaced", f"{pointer}/register_name", *told))
    return flaws


def result_flaws(item: Mapping[str, Any], evidence: Collection[str]) -> list[Flaw]:
    issues = item["issues"]
    if issues is not None:
        flaws = unknown("/issues", [issues], evidence)
        if issues in {one["evidence"] for one in item["requirements"]}:
            told = "事项不能以自己颁发的证明为前提。", "An item cannot need what it issues itself."
            flaws.append(flaw("needs-what-it-issues", "/issues", *told))
        return flaws
    told = "该事项不颁发证照。", "The item issues nothing."
    return [
        flaw(f"{name.replace('_', '-')}-without-result", f"/{name}", *told)
        for name in ("validity", "issued_by")
        if item[name] is not None
    ]


def fee_flaws(item: Mapping[str, Any]) -> list[Flaw]:
    flaws = twice("/fees/{}/name", [one["name"] for one in item["fees"]])
    for place, fee in enumerate(item["fees"]):
        if fee["reduction_basis"] and not fee["reducible"]:
            told = "不可减免，不应有减免依据。", "The fee cannot be reduced: no basis for it."
            flaws.append(flaw("reduction-misplaced", f"/fees/{place}/reduction_basis", *told))
    return flaws
