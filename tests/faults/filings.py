"""What is filed: the example's three bundles in every shape, refusals in the data included."""

import random
from dataclasses import dataclass
from typing import Any

from deploy.example.demo import filings
from deploy.example.demo.people import Town

SCOPE_WITHOUT_CATERING = "服装零售"
NOT_A_NAME = "王@小明"


@dataclass(frozen=True)
class Wanted:
    """One filing and what its applicant will do to it."""

    label: str
    account: str
    enterprise: str | None
    bundle: str
    answers: dict[str, Any]
    facts: dict[str, Any]
    choice: str
    """What the applicant says when asked after a refusal."""
    withdraws: str
    """"" for nothing, "all", or "one": a member taken back."""
    after: float
    """Seconds from filing to withdrawing."""

    @property
    def holder(self) -> dict[str, Any]:
        return {"number": self.enterprise} if self.enterprise else {}


def draw(number: int, seed: int, town: Town) -> Wanted:
    """The same number and seed make the same filing."""
    lot = random.Random(f"{seed} filing {number}")
    make = lot.choices((restaurant, newborn, company), (5, 3, 2))[0]
    filing = make(lot, town)
    return Wanted(
        label=f"f{number:04d}",
        account=f"faults-{seed}-{number:04d}",
        enterprise=filing.company.code if filing.company else None,
        bundle=filing.bundle,
        answers=filing.answers,
        facts=filing.facts | filing.answers,
        choice=lot.choice(("continue", "stop")),
        withdraws=lot.choices(("", "all", "one"), (80, 8, 12))[0],
        after=lot.uniform(0.0, 5.0),
    )


def restaurant(lot: random.Random, town: Town) -> filings.Filing:
    facts = {}
    if lot.random() < 0.05:
        facts["business_scope"] = SCOPE_WITHOUT_CATERING
    if lot.random() < 0.08:
        facts["food_safety_certificate_number"] = "无"
    answers = {
        "business_area": lot.choice((86.0, 360.0)),
        "signboard_area": lot.choice((0.0, 5.0)),
        "sells_tobacco": lot.random() < 0.5,
    }
    ages = [14 if lot.random() < 0.06 else lot.randrange(20, 50) for _ in range(lot.randint(1, 4))]
    return filings.restaurant(town, "", ages=ages, answers=answers, facts=facts)


def newborn(lot: random.Random, town: Town) -> filings.Filing:
    facts = {}
    if lot.random() < 0.1:
        facts["child_name"] = NOT_A_NAME
    if lot.random() < 0.04:
        facts["delivery_record_number"] = "无"
    answers = {
        "birth_registered": lot.random() < 0.3,
        "wants_social_card": lot.random() < 0.7,
        "claims_birth_costs": lot.random() < 0.7,
    }
    return filings.newborn(town, "", answers=answers, facts=facts)


def company(lot: random.Random, town: Town) -> filings.Filing:
    facts = {"seal_engraver": "街边刻字摊"} if lot.random() < 0.15 else {}
    answers = {
        "employee_count": lot.choice((0, 6)),
        "opens_housing_fund": lot.random() < 0.6,
        "opens_bank_account": lot.random() < 0.6,
    }
    return filings.company(town, "", answers=answers, facts=facts)
