"""Granted by rule, signed for, and looked after: the instant way, commitments and supervision."""

from collections.abc import Mapping
from typing import Any

from services.catalog.records.rules.conditions import condition_flaws
from services.catalog.records.rules.flaws import flaw, twice
from services.chassis.errors import Flaw

Fields = Mapping[str, Mapping[str, Any]]


def instant_flaws(item: Mapping[str, Any], fields: Fields) -> list[Flaw]:
    """A rule decides only on what the applicant fills in here and on nothing personal; and what it
    grants somebody must look after (以批代管 is what we are here to end)."""
    instant = item["instant"]
    if instant is None:
        return []
    used = {use["field"] for use in item["fields"]}
    types = {code: fields[code]["type"] for code in used if code in fields}
    personal = {code for code in used if code in fields and fields[code]["personal"]}
    flaws = condition_flaws("/instant/rule", instant["rule"], types, personal)
    known = [one["code"] for one in item["commitments"]]
    flaws += unknown_commitment("/instant/commitment", instant["commitment"], known)
    if not item["supervision"]:
        told = "秒批事项应有事后监管任务。", "What is granted by rule opens a supervision duty."
        flaws.append(flaw("instant-without-supervision", "/supervision", *told))
    if item["regulator"] is None:
        told = "秒批事项应写明监管部门。", "What is granted by rule has a regulator."
        flaws.append(flaw("instant-without-regulator", "/regulator", *told))
    return flaws


def unknown_commitment(pointer: str, code: str | None, known: list[str]) -> list[Flaw]:
    if code is None or code in known:
        return []
    zh = f"该事项没有承诺书 {code}，请写入 commitments。"
    en = f"The item has no commitment {code}; put it into `commitments`."
    return [flaw("unknown-commitment", pointer, zh, en, code=code)]


def commitment_flaws(item: Mapping[str, Any]) -> list[Flaw]:
    return twice("/commitments/{}/code", [one["code"] for one in item["commitments"]])


def supervision_flaws(item: Mapping[str, Any]) -> list[Flaw]:
    duties = item["supervision"]
    flaws = []
    if duties and item["regulator"] is None and item["instant"] is None:
        told = "有监管任务，应写明监管部门。", "A supervision duty has a regulator."
        flaws.append(flaw("supervision-without-regulator", "/regulator", *told))
    kinds = [duty["kind"] for duty in duties]
    if "verify_commitment" in kinds and not item["commitments"]:
        told = "没有承诺书，无从核查。", "Without a commitment there is none to verify."
        pointer = f"/supervision/{kinds.index('verify_commitment')}/kind"
        flaws.append(flaw("nothing-to-verify", pointer, *told))
    for place, duty in enumerate(duties):
        flaws += _duty_flaws(f"/supervision/{place}", duty, kinds)
    return flaws


def _duty_flaws(pointer: str, duty: Mapping[str, Any], kinds: list[str]) -> list[Flaw]:
    flaws = []
    after = duty["after"]
    if after != "grant" and (after not in kinds or duty["kind"] == after):
        told = f"没有可在其后进行的 {after} 任务。", f"There is no other duty {after} to follow."
        flaws.append(flaw("duty-after-nothing", f"{pointer}/after", *told))
    if duty["share"] != 1 and duty["kind"] != "random_check":
        told = (
            "仅随机抽查可以只查一部分。",
            "Only a random check takes a share; this is done always.",
        )
        flaws.append(flaw("share-misplaced", f"{pointer}/share", *told))
    return flaws
