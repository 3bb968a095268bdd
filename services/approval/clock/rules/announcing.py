"""Whether what an operator enters can be the State Council's notice for a year."""

from collections.abc import Iterator, Sequence
from datetime import date

from services.approval.clock.rules.days import statutory_days
from services.chassis.errors import Flaw, Invalid


class AnnouncementFaulty(Invalid):
    """The calendar contradicts itself or the statute."""

    zh = "日历自相矛盾，或与《全国年节及纪念日放假办法》不符。"


def check_announcement(year: int, off: Sequence[date], worked: Sequence[date]) -> None:
    """Raise AnnouncementFaulty with every flaw.  `off`: days off; `worked`: make-up days.

    A day forgotten here would move every due date behind it, so the statute's days must be there.
    """
    flaws = [
        *_misplaced("/holidays/{}/day", year, off),
        *_misplaced("/workdays/{}", year, worked),
        *_twice("/holidays/{}/day", off),
        *_twice("/workdays/{}", worked),
        *_no_weekend(worked),
        *_both(off, worked),
        *_forgotten(year, off, worked),
    ]
    if flaws:
        raise AnnouncementFaulty(errors=flaws)


def _misplaced(pointer: str, year: int, days: Sequence[date]) -> Iterator[Flaw]:
    for place, day in enumerate(days):
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            zh = f"应在 {year} 年，或上一年 12 月。"
            en = f"It should lie in {year}, or in the December before."
            yield Flaw(pointer.format(place), zh, en)


def _twice(pointer: str, days: Sequence[date]) -> Iterator[Flaw]:
    for place, day in enumerate(days):
        if day in days[:place]:
            yield Flaw(pointer.format(place), f"{day} 重复。", f"{day} stands here twice.")


def _no_weekend(worked: Sequence[date]) -> Iterator[Flaw]:
    for place, day in enumerate(worked):
        if day.weekday() < 5:
            flaw = f"{day} 不是周末，无须调休。", f"{day} is no weekend, so it is worked anyway."
            yield Flaw(f"/workdays/{place}", *flaw)


def _both(off: Sequence[date], worked: Sequence[date]) -> Iterator[Flaw]:
    for place, day in enumerate(worked):
        if day in off:
            flaw = f"{day} 又是假日。", f"{day} is listed as a holiday too."
            yield Flaw(f"/workdays/{place}", *flaw)


def _forgotten(year: int, off: Sequence[date], worked: Sequence[date]) -> Iterator[Flaw]:
    for day, name in statutory_days(year).items():
        works = day.weekday() < 5 or day in worked
        if works and day not in off:
            zh = f"缺少法定假日 {day}（{name.zh}）。"
            yield Flaw("/holidays", zh, f"The statutory holiday {day} ({name.en}) is missing.")
