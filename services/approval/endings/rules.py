"""Which ending has which grounds, and what has to come before it.  Plain values, no I/O."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

from services.chassis.errors import Conflict, Flaw, Invalid, NotFound


class Kind(StrEnum):
    WITHDRAWN_BY_AUTHORITY = "withdrawn_by_authority"
    """撤回: lawfully granted, but the law or the circumstances have changed (行政许可法 art. 8)."""
    REVOKED = "revoked"
    """撤销: it should not have been granted, or what was promised for it was not kept (art. 69)."""
    CANCELLED_AS_PENALTY = "cancelled_as_penalty"
    """吊销: a penalty for what its holder did with it (行政处罚法 art. 9)."""
    DEREGISTERED = "deregistered"
    """注销: it has no holder or no force any more, and the register says so (art. 70)."""


class Hearing(StrEnum):
    HELD = "held"
    WAIVED = "waived"
    """The holder said that they want none."""
    NOT_ASKED = "not_asked"
    """The holder was told of the right, and the time for it has passed."""


OTHER = "other-by-law"
DECEPTION = frozenset({"obtained-by-deception", "false-commitment", "commitment-not-kept"})
GROUNDS: Mapping[Kind, frozenset[str]] = {
    Kind.WITHDRAWN_BY_AUTHORITY: frozenset({"law-changed", "circumstances-changed"}),
    Kind.REVOKED: DECEPTION
    | {
        "rectification-missed",
        "abuse-of-power",
        "beyond-authority",
        "procedure-violated",
        "not-qualified",
    },
    Kind.CANCELLED_AS_PENALTY: frozenset(
        {"serious-violation", "rectification-missed", "lent-or-sold", "supervision-evaded"}
    ),
    Kind.DEREGISTERED: frozenset(
        {
            "expired",
            "holder-died",
            "holder-incapable",
            "holder-dissolved",
            "ended-before",
            "force-majeure",
            "holder-asked",
        }
    ),
}
"""Besides these, every kind may rest on another law (`other-by-law`), which is then cited."""
HEARD_FIRST = frozenset({Kind.REVOKED, Kind.CANCELLED_AS_PENALTY})
LONGEST_BASIS = 300


class ResultUnknown(NotFound):
    """Your department has issued no such result."""

    zh = "贵部门没有颁发过这个结果。"


class AlreadyEnded(Conflict):
    """This result has ended already."""

    zh = "该结果已经终止。"


class ReplacedAlready(Conflict):
    """Another result counts in this one's place: end that one."""

    zh = "该结果已被新证替代，应对新证作出终止。"


class HearingMissing(Conflict):
    """The holder has a right to be heard first: enter the hearing, or why there was none."""

    zh = "持证人有权先行陈述申辩或要求听证：请先登记听证情况或未举行的缘由。"


class EndingFaulty(Invalid):
    """An ending names grounds of its own kind, and the law."""

    zh = "终止须写明与其种类相符的理由和法律依据。"


def check_ending(kind: Kind, reasons: Sequence[str], legal_basis: str) -> None:
    """Raise unless it says why, in reasons that are this kind's, and by what law."""
    flaws = []
    if not reasons:
        flaws.append(Flaw("/reason_codes", "须有理由代码。", "It needs reason codes."))
    right = GROUNDS[kind] | {OTHER}
    listed = "、".join(sorted(right)), ", ".join(sorted(right))
    for place, code in enumerate(reasons):
        if code not in right:
            told = f"该种终止的理由是：{listed[0]}。", f"Grounds of this kind: {listed[1]}."
            flaws.append(Flaw(f"/reason_codes/{place}", *told))
    if not legal_basis.strip() or not legal_basis.isprintable():
        flaws.append(Flaw("/legal_basis", "须引用法律条款。", "It cites the law."))
    if flaws:
        raise EndingFaulty(errors=flaws)


def check_not_replaced(replaced_by: str | None, since: date | None, today: date) -> None:
    """Until the one that replaces it counts, it can still be ended itself."""
    if replaced_by and since and since <= today:
        raise ReplacedAlready(replaced_by=replaced_by)


def check_order(kind: Kind, before: Sequence[str], heard: bool) -> None:
    """Raise unless this ending may follow what came before it.

    What was revoked, withdrawn or cancelled is struck off the register afterwards: that is the one
    act that may follow another.
    """
    if kind in before or Kind.DEREGISTERED in before or (before and kind != Kind.DEREGISTERED):
        raise AlreadyEnded(f"已经 {before[0]}。", f"It was {before[0]}.", kind=before[0])
    if kind in HEARD_FIRST and not heard:
        raise HearingMissing()


def holds_against(kind: Kind, reasons: Sequence[str]) -> bool:
    """Whether it was the holder's doing: an authority's own mistake is held against nobody."""
    if kind is Kind.CANCELLED_AS_PENALTY:
        return True
    blamed = DECEPTION | {"rectification-missed"}
    return kind is Kind.REVOKED and bool(blamed.intersection(reasons))
