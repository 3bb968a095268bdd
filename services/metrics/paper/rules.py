"""What the paper figures mean, and how a record's elements are counted.  Plain values, no I/O."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from services.metrics.definitions import Definition, Population, Switch

WORKING_HOURS = {
    "hour": 1,
    "working_day": 8,
    "natural_day": 8,
    "month": 22 * 8,
    "year": 250 * 8,
}
"""A natural day counts as a working day, as in a plan's promise: the longer reading."""
ENDING = {"cancelled", "commitment"}
ONLINE = {"pc", "mobile"}


def hours(duration: Mapping[str, Any]) -> int:
    """A legal or promised time in working hours; at once (即办) is none."""
    return int(duration["value"]) * WORKING_HOURS[duration["unit"]]


def materials(requirements: Iterable[Mapping[str, Any]]) -> int:
    """What an applicant who files this item alone may have to hand in; a register asks nobody."""
    return sum(need["source"] != "register" for need in requirements)


def ends(mode: str, withdrawn: bool) -> bool:
    """Of the four legal modes two end an item; the others make it lighter, and it goes on."""
    return mode in ENDING and not withdrawn


def has_online_address(channels: Collection[str]) -> bool:
    return not ONLINE.isdisjoint(channels)


POPULATIONS = {
    "all": Population("items", "全部现行事项", "All items in force"),
    "hall": Population("items-at-hall", "进驻大厅的现行事项", "Items in force at the hall"),
    "comprehensive_window": Population(
        "items-at-comprehensive-windows",
        "综合窗口受理的现行事项",
        "Items in force at the comprehensive windows",
    ),
}

PROMISE_COMPRESSION = Definition(
    "promise_compression",
    1,
    "承诺时限压缩比",
    "Compression of the legal time by promises",
    "（法定时限之和 − 承诺时限之和）÷ 法定时限之和；先求和再相除，不是各事项比率的平均；"
    "没有法定时限的事项不计；一个月计 22 个、一年计 250 个工作日，自然日按工作日计，"
    "一个工作日计 8 小时，即办计 0",
    "(sum of legal times - sum of promises) / sum of legal times: a ratio of sums, not a mean of "
    "ratios; items without a legal limit are left out; a month is 22 and a year 250 working days, "
    "a natural day counts as a working day, a working day has 8 hours, at once is 0",
    "working hours",
    beside="lived_compression",
)
AVERAGE_MATERIALS = Definition(
    "average_materials",
    1,
    "平均申请材料数",
    "Materials per item",
    "各事项列明的申请材料数之和 ÷ 事项数；附条件的材料计入，由登记系统核验的不计",
    "materials that the items list / items; conditional ones count, what a register answers "
    "does not",
    "materials",
)
ONLINE_SHARE = Definition(
    "online_share",
    1,
    "网上可办率",
    "Items with an online address",
    "（有电脑端或移动端办理渠道的事项 + 不适宜网办的事项）÷ 事项数；开关关闭时，不适宜网办且"
    "没有网上渠道的事项按不可网办计",
    "(items with a pc or mobile channel + items unsuitable for it) / items; with the switch off, "
    "an unsuitable item without such a channel does not count as online",
    "items",
    switch=Switch(
        "unsuitable_counts_as_online",
        "不适宜网办的事项视为可网办",
        "An item unsuitable for online handling counts as online",
    ),
)
ONLINE_ACCEPTANCE_SHARE = Definition(
    "online_acceptance_share",
    1,
    "三级以上网上可办率",
    "Items accepted or handled online",
    "网上办理深度为三级或四级的事项 ÷ 事项数",
    "items of online depth 3 or 4 / items",
    "items",
)
INSTANT_SHARE = Definition(
    "instant_share",
    1,
    "即办率（按承诺时限）",
    "Items promised at once",
    "承诺时限为即办（0）的事项 ÷ 事项数",
    "items whose promise is zero / items",
    "items",
)
INSTANT_TYPE_SHARE = Definition(
    "instant_type_share",
    1,
    "即办件占比（按办件类型）",
    "Items handled at once, by type",
    "办件类型为即办件的事项 ÷ 事项数",
    "items whose handling is instant / items",
    "items",
    beside="instant_case_share",
)
ZERO_VISIT_SHARE = Definition(
    "zero_visit_share",
    1,
    "零跑动率",
    "Items without a visit",
    "到办事现场次数为 0 或网上办理深度为四级的事项 ÷ 事项数",
    "items with no visit, or of online depth 4 / items",
    "items",
)
AVERAGE_VISITS = Definition(
    "average_visits",
    1,
    "平均跑动次数",
    "Visits per item",
    "各事项到办事现场次数之和 ÷ 事项数",
    "visits that the items list / items",
    "visits",
)
