"""Whether something may be asked of a result that was issued before.  Plain values, no I/O."""

from datetime import date

from services.bundle.composition.rules import RENEWAL, Later
from services.chassis.errors import Conflict, NotFound


class ResultUnknown(NotFound):
    """There is no such result in a wallet of yours."""

    zh = "您的材料库中没有这个编号的证照。"


class EarlierEnded(Conflict):
    """This result has ended; nothing can be asked of it."""

    zh = "该证照已被终止，不能再办理延续、变更或补证。"


class EarlierReplaced(Conflict):
    """This result was replaced: ask it of the one that replaced it."""

    zh = "该证照已被新证替代，请就新证提出申请。"


class EarlierExpired(Conflict):
    """This result has expired: apply for it anew."""

    zh = "该证照已过有效期，须重新申请。"


class NothingToRenew(Conflict):
    """This result does not expire; there is nothing to renew."""

    zh = "该证照长期有效，无需延续。"


class TooLateToRenew(Conflict):
    """A renewal is asked for in time before the end; that day has passed."""

    zh = "已超过申请延续的最后日期。"


def check_standing(
    ended_as: str | None, replaced_by: str | None, valid_until: date | None, today: date
) -> None:
    if ended_as:
        raise EarlierEnded(ended_as=ended_as)
    if replaced_by:
        raise EarlierReplaced(replaced_by=replaced_by)
    if valid_until is not None and valid_until < today:
        raise EarlierExpired(valid_until=valid_until.isoformat())


def check_in_time(later: Later, valid_until: date | None, today: date) -> None:
    """The last day itself is in time."""
    if later.kind != RENEWAL:
        return
    if valid_until is None:
        raise NothingToRenew()
    if (last := later.last_day(valid_until)) < today:
        raise TooLateToRenew(
            f"最后日期是{last.isoformat()}。", f"The last day was {last.isoformat()}."
        )
