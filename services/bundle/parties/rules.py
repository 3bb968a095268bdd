"""Who may act for whom.  Plain values, no I/O."""

from datetime import datetime, timedelta

from services.chassis.errors import Flaw, Invalid, NotFound

LONGEST_TERM = timedelta(days=36_525)


class HolderNotYours(Invalid):
    """You may not act for this holder."""

    zh = "您不能代表该持证人。"

    def __init__(self, member: str, zh: str, en: str) -> None:
        super().__init__(errors=[Flaw(f"/holder/{member}", zh, en)])


class MandateUnknown(NotFound):
    """There is no such mandate, or it is not yours."""

    zh = "没有这份委托，或它与您无关。"


class MandateFaulty(Invalid):
    """This mandate cannot be given."""

    zh = "这份委托不能成立。"


def check_term(valid_until: datetime, now: datetime) -> None:
    if not now < valid_until < now + LONGEST_TERM:
        flaw = "应在将来，至多一百年。", "This should lie in the future, a hundred years at most."
        raise MandateFaulty(errors=[Flaw("/valid_until", *flaw)])


# The same words for absent and foreign, so that nobody learns which numbers are known here.
NUMBER = (
    "请以该企业的法人账号登录，或附上该企业的委托。",
    "Log in as this enterprise's legal-person account, or name its mandate.",
)
MANDATE = (
    "没有对您有效、且包含这件事的委托。",
    "There is no mandate to you that is in force and covers this bundle.",
)
PARTY = ("您不能代表这一方。", "You do not act for this party.")
KIND = ("这件事不由这类主体申请。", "This bundle is not for a holder of this kind.")
