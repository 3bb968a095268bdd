"""Who acts, for whom, and under which codes the item is known elsewhere."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from services.catalog.records.rules.flaws import flaw, twice, unknown
from services.chassis.errors import Flaw

KINDS = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20")
"""事项类型, GB/T 39046 Annex A: 许可 处罚 强制 征收 给付 检查 确认 奖励 裁决 其他 公共服务."""
ENTRUSTED = frozenset({"entrusted", "entrusted_peer"})

# Codes of other systems are opaque; each source has a form of its own, and no more is checked.
SOURCES: Mapping[str, tuple[re.Pattern[str], str, str]] = {
    "catalog-code": (
        re.compile(r"[0-9]{10}|[0-9]{12}"),
        "基本编码应为 10 位（GB/T 39046）或 12 位数字（国家数据交换库）",
        "A 基本编码 has 10 digits (GB/T 39046) or 12 (the national exchange)",
    ),
    "task-code": (
        re.compile(r"[0-9A-Z]{24}|[0-9A-Z]{36}"),
        "实施编码应为 24 位（GB/T 39046）或 36 位（国家数据交换库）大写字母或数字",
        "A 实施编码 has 24 (GB/T 39046) or 36 (the national exchange) digits or capital letters",
    ),
    "handling-item": (
        re.compile(r"[0-9A-Z-]{1,50}"),
        "业务办理项编码应为至多 50 位大写字母、数字或连字符（国家数据交换库）",
        "A 业务办理项编码 has up to 50 digits, capital letters or hyphens (the national exchange)",
    ),
    "local": (
        re.compile(r"[!-~]{1,50}"),
        "地方编码应为至多 50 位字母、数字或符号，不含空格",
        "A local code has up to 50 letters, digits or signs, and no space",
    ),
}
UNIQUE = ("task-code", "handling-item")
"""Sources of which one code means one item; a 基本编码 is shared by all who implement it."""


def power_flaws(item: Mapping[str, Any], departments: Collection[str]) -> list[Flaw]:
    flaws = []
    for name in ("department", "entrusted_by", "issued_by", "regulator"):
        flaws += unknown(f"/{name}", [item[name]], departments)
    flaws += unknown("/joint_with/{}", item["joint_with"], departments)
    flaws += twice("/joint_with/{}", item["joint_with"])
    if item["department"] in item["joint_with"]:
        told = "联办机构是其他部门。", "It is handled jointly with other departments than its own."
        place = item["joint_with"].index(item["department"])
        flaws.append(flaw("joint-with-itself", f"/joint_with/{place}", *told))
    if item["kind"] not in KINDS:
        told = f"事项类型应为 {'、'.join(KINDS)} 之一。", f"The kind is one of {', '.join(KINDS)}."
        flaws.append(flaw("unknown-kind", "/kind", *told))
    if not item["audience"]:
        told = "至少面向一类申请人。", "An item is for somebody: person, enterprise, or both."
        flaws.append(flaw("nobody-served", "/audience", *told))
    if not item["channels"]:
        told = "至少有一种办理形式。", "There is at least one channel."
        flaws.append(flaw("no-channel", "/channels", *told))
    return flaws + _entrusting(item)


def _entrusting(item: Mapping[str, Any]) -> list[Flaw]:
    by = item["entrusted_by"]
    if item["power_source"] in ENTRUSTED and by is None:
        told = (
            "委托的权力应写明委托部门。",
            "Entrusted power names the department that entrusts it.",
        )
        return [flaw("entrusting-missing", "/entrusted_by", *told)]
    if item["power_source"] not in ENTRUSTED and by is not None:
        told = "并非委托，不应有委托部门。", "Nothing is entrusted here: no department entrusts it."
        return [flaw("entrusting-misplaced", "/entrusted_by", *told)]
    if by is not None and by == item["department"]:
        told = "部门不能委托给自己。", "A department cannot entrust itself."
        return [flaw("entrusted-by-itself", "/entrusted_by", *told)]
    return []


def code_flaws(codes: list[Mapping[str, Any]]) -> list[Flaw]:
    flaws = twice("/codes/{}", [(one["system"], one["value"]) for one in codes], "{0[0]} {0[1]}")
    for place, one in enumerate(codes):
        if one["system"] not in SOURCES:
            known = ", ".join(SOURCES)
            told = f"来源应为 {known} 之一。", f"The system is one of {known}."
            flaws.append(flaw("unknown-source", f"/codes/{place}/system", *told))
            continue
        form, zh, en = SOURCES[one["system"]]
        if not form.fullmatch(one["value"]):
            flaws.append(flaw("malformed-code", f"/codes/{place}/value", f"{zh}。", f"{en}."))
    return flaws


def taken_flaws(
    codes: list[Mapping[str, Any]], owners: Mapping[tuple[str, str], str]
) -> list[Flaw]:
    """`owners`: which other item has a code already."""
    return [
        flaw(
            "code-taken",
            f"/codes/{place}/value",
            f"该编码已属于事项 {owners[key]}。",
            f"This code is that of item {owners[key]}.",
            item=owners[key],
        )
        for place, one in enumerate(codes)
        if (key := (one["system"], one["value"])) in owners
    ]
