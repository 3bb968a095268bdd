"""Whether a decision has the second pair of eyes that its item asks for."""

from dataclasses import dataclass

from services.chassis.errors import Conflict


class ProposalMissing(Conflict):
    """This item takes two people: one proposes the decision, then another one makes it."""

    zh = "该事项须两人办理：先由一人提出拟办意见，再由另一人作出决定。"


class SecondPersonNeeded(Conflict):
    """You proposed this decision yourself; somebody else of your department must make it."""

    zh = "拟办意见是您本人提出的，须由本部门另一人作出决定。"


class ProposalDiffers(Conflict):
    """The decision is not the one proposed; have it proposed anew, or decide as proposed."""

    zh = "决定与拟办意见不一致：请重新提出拟办意见，或按意见作出决定。"


class NoProposalNeeded(Conflict):
    """One person decides this item; decide at once."""

    zh = "该事项由一人决定，请直接作出决定。"


@dataclass(frozen=True, slots=True)
class Proposal:
    verdict: str
    reason_code: str | None
    by: str


def check(proposal: Proposal | None, verdict: str, reason_code: str | None, by: str) -> None:
    """Raise unless another person proposed just this decision."""
    if proposal is None:
        raise ProposalMissing()
    if proposal.by == by:
        raise SecondPersonNeeded()
    if (proposal.verdict, proposal.reason_code) != (verdict, reason_code):
        raise ProposalDiffers(proposed=proposal.verdict)
