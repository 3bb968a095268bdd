"""What earlier filings of the same people left in the wallets, as far as a new one may use it."""

from collections.abc import Iterator

from deploy.example.demo import expectations
from deploy.example.demo.expectations import Piece
from deploy.example.demo.journey import Journey


def held(journey: Journey) -> frozenset[Piece]:
    """Evidence that need not be asked again.

    The child and the workers are others each time; the company is the same where the script says
    so; what is tied to a thing serves only that thing; a commitment is given anew.
    """
    if journey.previous is None:
        return frozenset()
    now, before = journey.filing, journey.previous.filing
    same_company = now.born_of is before or (now.company and now.company is before.company)
    roles = {"applicant", "company"} if same_company else {"applicant"}
    return frozenset(
        (evidence, owner)
        for evidence, owner in _left(journey.previous)
        if owner in roles and _serves(evidence, journey)
    )


def _left(journey: Journey) -> Iterator[Piece]:
    """What was handed in, and what was issued."""
    assert journey.expected
    for material in journey.plan["materials"]:
        if material["kind"] != "commitment":
            yield material["evidence"], material["owner"]
    for member in journey.expected.members:
        if member.item.get("issues") and journey.states.get(member.key) == "granted":
            yield member.item["issues"], member.owner


def _serves(evidence: str, journey: Journey) -> bool:
    subject = expectations.evidence_types()[evidence].get("subject_field")
    if subject is None:
        return True
    assert journey.previous
    here = journey.filing.answers.get(subject)
    return here is not None and here == journey.previous.filing.answers.get(subject)
