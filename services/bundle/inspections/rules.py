"""What a supervised holder may answer, and when.  Plain values, no I/O."""

from datetime import datetime

from services.chassis.errors import Conflict, NotFound


class RectificationUnknown(NotFound):
    """You were asked to put no such thing right, or it is not yours."""

    zh = "没有要求您整改这一项，或它与您无关。"


class RectificationOver(Conflict):
    """This check is closed; nothing needs to be put right any more."""

    zh = "该项检查已经办结，无须再整改。"


class RectificationAnswered(Conflict):
    """You have answered this already; the regulator looks again."""

    zh = "您已经回复过该项整改，监管部门将复查。"


class UploadUnknown(NotFound):
    """There is no such file, or it is not for you to read."""

    zh = "没有这个文件，或您无权查看。"


class InspectionUnknown(NotFound):
    """Your department looks after no such grant."""

    zh = "贵部门没有对这项准予的监管任务。"


def check_answer(over: bool, before: str | None, now: str) -> bool:
    """False where just that was answered before.  After its day it is still taken: what lateness
    means is for the regulator and the authority to say."""
    if before is not None:
        if before == now:
            return False
        raise RectificationAnswered()
    if over:
        raise RectificationOver()
    return True


def is_late(until: datetime | None, answered_at: datetime) -> bool:
    return until is not None and answered_at > until
