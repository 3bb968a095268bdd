"""From when a version is in force, and what became of the others.  Plain values, no I/O."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.chassis.errors import Conflict, Flaw, Invalid, NotFound, Stale

State = Literal["draft", "scheduled", "in_force", "superseded", "retired"]
AHEAD = timedelta(days=5 * 366)
"""So far a version can be published ahead; what is later is most likely a slip of the pen."""


class DayPassed(Invalid):
    """A version cannot come into force on a day that has passed."""

    zh = "版本不能从已经过去的日期起生效。"


class DayTooFar(Invalid):
    """A version cannot be published that far ahead."""

    zh = "版本的生效日期过于遥远。"


class DayTaken(Conflict):
    """Another version of the item comes into force on that day."""

    zh = "该事项已有另一版本将于当日生效。"


class DraftChanged(Stale):
    """The draft is not the one that you read."""

    zh = "草稿不是您读到的那一份。"


class DraftExists(Conflict):
    """The item has a draft already."""

    zh = "该事项已有草稿。"


class DraftUnknown(NotFound):
    """The item has no draft."""

    zh = "该事项没有草稿。"


class OfRetirement(Conflict):
    """A retirement makes this version; it cannot be taken back by itself."""

    zh = "这一版本随事项退出而生效，不能单独撤回。"


class NotInForce(NotFound):
    """No version of the item is in force on that day."""

    zh = "该事项当日没有生效的版本。"


def check_day(day: date, today: date) -> None:
    """When a version may come into force: today, or later."""
    if day < today:
        zh, en = f"应为今天（{today}）或以后。", f"It should be today ({today}) or later."
        raise DayPassed(errors=[Flaw("/from", zh, en, {"fault": "day-passed"})])
    if day > today + AHEAD:
        last = today + AHEAD
        zh, en = f"至迟为 {last}。", f"It should be {last} at the latest."
        raise DayTooFar(errors=[Flaw("/from", zh, en, {"fault": "day-too-far"})])


def check_draft(if_match: str | None, version: int, etag: str) -> None:
    """Two editors at one draft: whoever has not read the other's change must read it first."""
    if if_match is not None and if_match.strip() in ("*", etag):
        return
    zh, en = "请重新读取草稿，并入您的修改", "Read the draft again, bring your change into it"
    raise DraftChanged(
        f"{zh}，再带 If-Match: {etag} 提交。",
        f"{en}, and send that with If-Match: {etag}.",
        version=version,
    )


class NotScheduled(NotFound):
    """No version of the item waits for that day."""

    zh = "该事项没有待于当日生效的版本。"


@dataclass(frozen=True, slots=True)
class Life:
    """What a version is today, and until when it holds."""

    state: State
    until: date | None
    """The first day on which it is not in force any more."""


def life(
    followed: date | None, coming: date | None, retired_from: date | None, today: date
) -> Life:
    """Of a version that came into force: `followed`, when the next one did; `coming`, when one that
    is scheduled will."""
    if followed is not None:
        return Life("superseded", followed)
    if retired_from is not None and retired_from <= today:
        return Life("retired", retired_from)
    return Life("in_force", first(coming, retired_from))


def first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
