"""Which special procedures may begin, and how long they are expected to take."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.approval.clock.rules.lengths import HOURS, Length, words
from services.chassis.errors import Flaw, Invalid, NotFound

LAWFUL = frozenset(
    {
        "hearing",
        "tender",
        "auction",
        "inspection",
        "testing",
        "quarantine",
        "appraisal",
        "expert_review",
    }
)
"""What the licensing law itself does not count (行政许可法 art. 45).  Anything else stops the clock
only where the item names it."""


class ProcedureUnknown(NotFound):
    """This approval has had no such special procedure."""

    zh = "该审批没有这次特别程序。"


class ProcedureFaulty(Invalid):
    """The special procedure lacks something, or the item does not have it."""

    zh = "特别程序内容不全，或该事项没有这种特别程序。"


def check_procedure(kind: str, expected: Length, own: Iterable[Mapping[str, Any]]) -> None:
    """Raise unless it may begin.  `own`: the item's list, which may bound how long it takes."""
    listed = [one for one in own if one["kind"] == kind]
    flaws = []
    if kind not in LAWFUL and not listed:
        flaw = "该事项未列明其他特别程序。", "The item lists no other special procedure."
        flaws.append(Flaw("/kind", *flaw))
    if not expected.value:
        flaw = "应大于零：所需时间须告知申请人。", "Above zero: the applicant is told the time."
        flaws.append(Flaw("/expected", *flaw))
    longest = [Length.of(one["longest"]) for one in listed if one.get("longest")]
    if longest and all(_hours(expected) > _hours(one) for one in longest):
        zh, en = words(max(longest, key=_hours))
        flaws.append(Flaw("/expected", f"不应超过{zh}。", f"At most {en}."))
    if flaws:
        raise ProcedureFaulty(errors=flaws)


def _hours(length: Length) -> int:
    return length.value * HOURS[length.unit]
