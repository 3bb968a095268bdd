"""The four modes: what each makes of the item itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from services.catalog.records.rules.flaws import flaw
from services.catalog.records.rules.rewriting import LOOKED_UP
from services.catalog.records.rules.times import size
from services.chassis.errors import Conflict, Flaw, Invalid, NotFound

Record = Mapping[str, Any]
AHEAD = timedelta(days=5 * 366)
"""So far a retirement can be decided ahead; what is later is most likely a slip of the pen."""
OTHER_POWERS = "10"
"""事项类型 其他行政权力, among which filings (备案) are counted."""


class Mode(StrEnum):
    CANCELLED = "cancelled"
    FILING = "filing"
    COMMITMENT = "commitment"
    OPTIMISED = "optimised"


ENDS = frozenset({Mode.CANCELLED, Mode.COMMITMENT})
"""Nobody applies for the item any more; after the others it has a next version."""


class RetirementFaulty(Invalid):
    """This retirement contradicts itself or leaves somebody without an answer."""

    zh = "退出方案自相矛盾，或仍有事项未作安排。"


class AlreadyRetired(Conflict):
    """The day of this item's retirement has come; it stands."""

    zh = "该事项的退出已经生效，不能再更改或撤回。"


class RetirementUnknown(NotFound):
    """No retirement of this item was decided."""

    zh = "该事项没有退出决定。"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bureau decides about an item."""

    mode: Mode
    effective: date
    legal_basis: str
    becomes: Record | None
    dispositions: Mapping[str, Record]
    """By the item that needs what this one issues."""


def after(record: Record, decision: Decision) -> dict[str, Any] | None:
    """The item from the day on; None where it ends.

    A filing that is not described is the item as it stands, taken on at once and issuing nothing.
    """
    if decision.mode in ENDS:
        return None
    if decision.becomes is not None:
        return dict(decision.becomes)
    return {
        **record,
        "kind": OTHER_POWERS,
        "accepts": "automatic",
        "handling": "instant",
        "promised": {"value": 0, "unit": "working_day"},
        "instant": None,
        "issues": None,
        "issued_by": None,
        "validity": None,
    }


def ended(record: Record, later: Record | None) -> str | None:
    """The evidence that the item issues no longer."""
    issues: str | None = record["issues"]
    return issues if later is None or later["issues"] != issues else None


def no_longer_asks(record: Record, later: Record | None) -> list[str]:
    """Evidence that the item, going on, asks of nobody any more."""
    if later is None:
        return []
    return sorted(_asked(record) - _asked(later))


def _asked(record: Record) -> set[str]:
    return {need["evidence"] for need in record["requirements"] if need["source"] not in LOOKED_UP}


def decision_flaws(decision: Decision, record: Record, today: date) -> Iterator[Flaw]:
    """What is wrong with a decision before anybody who needs the item is asked."""
    if decision.effective < today:
        zh, en = f"应为今天（{today}）或以后。", f"It should be today ({today}) or later."
        yield flaw("day-passed", "/effective", zh, en)
    if decision.effective > today + AHEAD:
        zh, en = f"至迟为 {today + AHEAD}。", f"It should be {today + AHEAD} at the latest."
        yield flaw("day-too-far", "/effective", zh, en)
    if decision.becomes is None:
        if decision.mode is Mode.OPTIMISED:
            told = "请给出优化后的事项。", "Say what the item becomes."
            yield flaw("becomes-missing", "/becomes", *told)
    elif decision.mode in ENDS:
        told = "该方式下事项终止，没有此后的事项。", "The item ends; it becomes nothing."
        yield flaw("becomes-misplaced", "/becomes", *told)
    else:
        yield from _becoming_flaws(decision, record, decision.becomes)


def _becoming_flaws(decision: Decision, record: Record, later: Record) -> Iterator[Flaw]:
    if later == record:
        told = "与现行事项相同，没有任何变化。", "It is the item as it stands: nothing changes."
        yield flaw("changes-nothing", "/becomes", *told)
    if decision.mode is Mode.FILING:
        yield from _filing_flaws(record, later)
    yield from _heavier(record, later)


def _filing_flaws(record: Record, later: Record) -> Iterator[Flaw]:
    if later["accepts"] != "automatic":
        told = "备案即时受理：accepts 应为 automatic。", "A filing is taken on at once: automatic."
        yield flaw("filing-not-automatic", "/becomes/accepts", *told)
    if later["promised"]["value"]:
        told = "备案即时办结：承诺时限应为 0。", "A filing is done at once: the promise is 0."
        yield flaw("filing-not-instant", "/becomes/promised", *told)
    if record["issues"] and later["issues"] == record["issues"]:
        zh = "备案不再核发原证照，可另设回执的材料类型，或不核发。"
        en = "A filing gives no licence: name another evidence type for its receipt, or none."
        yield flaw("filing-issues-licence", "/becomes/issues", zh, en)


def _heavier(record: Record, later: Record) -> Iterator[Flaw]:
    """A retirement spares people something; what asks for more is an ordinary new version."""
    known = _demands(record["requirements"], "evidence")
    for place, need in enumerate(later["requirements"]):
        if need["source"] not in LOOKED_UP and not _covered(known, need["evidence"], need):
            told = "退出不得增加材料或扩大其范围。", "A retirement asks for nothing new."
            yield flaw("asks-more", f"/becomes/requirements/{place}", *told)
    fields = _demands((f for f in record["fields"] if f["required"]), "field")
    for place, use in enumerate(later["fields"]):
        if use["required"] and not _covered(fields, use["field"], use):
            told = "退出不得增加必填项或扩大其范围。", "A retirement asks no new question."
            yield flaw("asks-more", f"/becomes/fields/{place}", *told)
    if size(later["promised"]) > size(record["promised"]):
        told = "退出不得延长承诺时限。", "A retirement makes nothing slower."
        yield flaw("slower", "/becomes/promised", *told)
    if later["visits"] > record["visits"]:
        told = "退出不得增加到场次数。", "A retirement asks for no more visits."
        yield flaw("more-visits", "/becomes/visits", *told)


def _demands(uses: Any, name: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for use in uses:
        if use.get("source") not in LOOKED_UP:
            found.setdefault(use[name], []).append(use)
    return found


def _covered(known: Mapping[str, list[Record]], code: str, use: Record) -> bool:
    """Whether the item asked this before, whenever and wherever it is asked now, as strictly."""
    return any(
        before["when"] in (None, use["when"]) and not _stricter(use, before)
        for before in known.get(code, ())
    )


def _stricter(use: Record, before: Record) -> bool:
    if "evidence" not in use:
        return False
    deferred = before["deferrable"] and not use["deferrable"]
    return bool(deferred or use["lowest_trust"] < before["lowest_trust"])
