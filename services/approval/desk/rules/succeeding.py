"""What a later filing's result says beside the earlier one.  Plain values, no I/O."""

from datetime import date, timedelta
from enum import StrEnum

from services.approval.desk.rules.deciding import DecisionFaulty
from services.chassis.errors import Conflict, Flaw


class Filing(StrEnum):
    FIRST = "first"
    RENEWAL = "renewal"
    """延续: the validity goes on after its end."""
    CHANGE = "change"
    """变更: another content, the same validity."""
    REPLACEMENT = "replacement"
    """补证: the same content once more."""


class EarlierGone(Conflict):
    """What this was to replace has ended, or was replaced; nothing can be issued in its place."""

    zh = "所涉原证照已被终止或已被新证替代，不能再据此发证。"


def check_earlier(ended_as: str | None, replaced_by: str | None) -> None:
    if ended_as or replaced_by:
        raise EarlierGone(ended_as=ended_as, replaced=replaced_by is not None)


def check_same_content(filing: Filing, digest: str, earlier: str) -> None:
    if filing is Filing.REPLACEMENT and digest != earlier:
        flaw = "补证的内容应与原证相同。", "A replacement says what the earlier one says."
        raise DecisionFaulty(errors=[Flaw("/result/digest", *flaw)])


def term(
    filing: Filing,
    stated: tuple[date | None, date | None],
    earlier: tuple[date, date | None],
    today: date,
) -> tuple[date, date | None]:
    """From when until when the new one is valid; each pair is (first day, last day).

    A change and a replacement keep the validity.  A renewal begins where the earlier one ends.
    """
    start, end = stated
    if filing is not Filing.RENEWAL:
        _check_kept(stated, earlier)
        return earlier
    last = earlier[1]
    if last is not None and end is not None and end <= last:
        flaw = "延续后的有效期应晚于原有效期。", "A renewal should be valid for longer."
        raise DecisionFaulty(errors=[Flaw("/result/valid_until", *flaw)])
    return start or max(today, last + timedelta(1) if last else today), end


def _check_kept(stated: tuple[date | None, date | None], earlier: tuple[date, date | None]) -> None:
    flaw = (
        "变更和补证不改变有效期，应与原证相同，或省去。",
        "The validity stays: the same, or none.",
    )
    names = ("valid_from", "valid_until")
    flaws = [
        Flaw(f"/result/{name}", *flaw)
        for name, said, kept in zip(names, stated, earlier, strict=True)
        if said is not None and said != kept
    ]
    if flaws:
        raise DecisionFaulty(errors=flaws)


def replaced_from(start: date, today: date) -> date:
    """From this day on the earlier one counts no longer: until then nothing is missing."""
    return max(start, today)
