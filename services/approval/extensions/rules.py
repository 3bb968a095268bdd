"""Who asks for an extension, and who consents.  Plain values, no I/O."""

from services.approval.clock.rules.lengths import AlreadyExtended
from services.chassis.errors import Conflict, NotFound


class ExtensionUnknown(NotFound):
    """Nobody has asked to extend this approval's time."""

    zh = "没有人申请延长该审批的期限。"


class SamePerson(Conflict):
    """Whoever asks for an extension does not consent to it: the head of the authority does."""

    zh = "延长期限须由申请人以外的本机关负责人批准。"


def check_request(consented: bool) -> None:
    """Raise where the time was extended already."""
    if consented:
        raise AlreadyExtended()


def check_consent(asked_by: str | None, by: str) -> None:
    if asked_by is None:
        raise ExtensionUnknown()
    if asked_by == by:
        raise SamePerson()
