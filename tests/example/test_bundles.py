"""What each bundle becomes for answers whose plan was worked out by hand."""

from dataclasses import dataclass
from typing import Any

import pytest

from services.bundle.composition.rules import CommitmentKey, compose
from services.bundle.composition.rules.composing import NothingToDo
from services.bundle.composition.rules.guiding import open_questions

PERSON, COMPANY, PUPIL = "applicant", "company", "pupil"


@dataclass(frozen=True)
class Expected:
    bundle: str
    answers: dict[str, Any]
    waits: dict[str, set[str]]
    """By member, whom it waits for."""
    materials: dict[str, set[str]]
    """By whose they are."""
    days: int
    signed: tuple[CommitmentKey, ...] = ()

    def __str__(self) -> str:
        chosen = [name for name, value in self.answers.items() if value not in (False, 0)]
        return f"{self.bundle}: {', '.join(chosen)}"


def no(*questions: str) -> dict[str, bool]:
    return dict.fromkeys(questions, False)


def yes(*questions: str) -> dict[str, bool]:
    return dict.fromkeys(questions, True)


FUND = {"has_housing_fund": True, "fund_account_sealed": False}
SITE = {"project_address": "朝阳路 1 号"}
PLACE = {"premises_address": "朝阳路 1 号"}
HOUSE = {"property_number": "430799001"}
UNITS = ("has_staff", "has_fund_account", "has_bank_account")
OTHERS = ("severe_disability", "wants_device", "seeks_work", "wants_bus_card")
HYGIENE = (("hygiene-permit-new", "hygiene-permit"),)
SIX = {
    "layout-plan",
    "hygiene-rules",
    "staff-health-list",
    "preventive-review-opinion",
    "hygiene-report",
    "hygiene-self-score",
}

WORKED_OUT = [
    # --- retirement: a chain of three, and what the situation asks
    Expected(
        "retire",
        {"retire_kind": "normal", **yes("file_reviewed", "household_in_province"), **FUND}
        | no("one_child_bonus"),
        {
            "retirement": set(),
            "fund-sealing": {"retirement"},
            "fund-withdrawal": {"retirement", "fund-sealing"},
            "medical-change": {"retirement"},
        },
        {PERSON: {"identity-card", "bank-card"}},
        7,  # five days, then two for the medical insurance; the fund takes hours
    ),
    Expected(
        "retire",
        {"retire_kind": "disability", **yes("one_child_bonus")}
        | no("file_reviewed", "household_in_province", "has_housing_fund", "fund_account_sealed"),
        {"early-retirement": set(), "medical-change": {"early-retirement"}},
        {
            PERSON: {
                "identity-card",
                "personal-file",
                "capacity-appraisal",
                "one-child-certificate",
                "household-register",
            }
        },
        17,
    ),
    Expected(
        "retire",
        {
            "retire_kind": "special_work",
            **yes("file_reviewed", "household_in_province"),
            **yes("has_housing_fund", "fund_account_sealed"),
        }
        | no("one_child_bonus"),
        {
            "early-retirement": set(),
            "fund-withdrawal": {"early-retirement"},
            "medical-change": {"early-retirement"},
        },
        {PERSON: {"identity-card", "special-work-record", "bank-card"}},
        17,
    ),
    # --- water, electricity, gas: a survey, permits at once, then the companies at once
    Expected(
        "connect-utilities",
        SITE
        | {"works_length": 0.0, "wants_water": True}
        | no("digs_road", "occupies_green", "wants_power", "wants_gas"),
        {"survey": set(), "water": {"survey"}},
        {COMPANY: {"project-ownership-proof"}, PERSON: {"identity-card"}},
        4,
    ),
    Expected(  # at 200 metres a filing will do, whatever is dug up
        "connect-utilities",
        SITE
        | {"works_length": 200.0}
        | yes("digs_road", "occupies_green", "wants_water", "wants_power", "wants_gas"),
        {
            "survey": set(),
            "works-filing": {"survey"},
            "water": {"survey", "works-filing"},
            "power": {"survey", "works-filing"},
            "gas": {"survey", "works-filing"},
        },
        {
            COMPANY: {"project-ownership-proof", "pipeline-drawings", "load-list"},
            PERSON: {"identity-card"},
        },
        6,
    ),
    Expected(  # above it, permits: three of them side by side
        "connect-utilities",
        SITE
        | {"works_length": 200.1, **yes("digs_road", "wants_power")}
        | no("occupies_green", "wants_water", "wants_gas"),
        {
            "survey": set(),
            "planning": {"survey"},
            "road": {"survey"},
            "traffic": {"survey"},
            "power": {"survey", "planning", "road", "traffic"},
        },
        {
            COMPANY: {"project-ownership-proof", "pipeline-drawings", "traffic-plan", "load-list"},
            PERSON: {"identity-card"},
        },
        11,
    ),
    # --- hygiene permit: a signature instead of six papers; a hotel needs more
    Expected(
        "open-public-place",
        PLACE | {"place_kind": "hairdresser"},
        {"licence-check": set(), "hygiene": {"licence-check"}},
        {},
        5,
        signed=HYGIENE,
    ),
    Expected(
        "open-public-place",
        PLACE | {"place_kind": "bathhouse"},
        {"licence-check": set(), "hygiene": {"licence-check"}},
        {COMPANY: SIX},
        5,
    ),
    Expected(
        "open-public-place",
        PLACE | {"place_kind": "hotel", "fire_by_commitment": True},
        {
            "licence-check": set(),
            "hygiene": {"licence-check"},
            "fire-check": {"licence-check"},
            "hotel-trade": {"fire-check"},
        },
        {
            COMPANY: {
                "premises-use-proof",
                "layout-plan",
                "fire-drill-plan",
                "fire-safety-commitment",
            },
            PERSON: {"identity-card"},
        },
        9,
        signed=HYGIENE,
    ),
    # --- social security card
    Expected(
        "social-card",
        {"card_service": "lost", **yes("receives_pension", "binds_medical_account")}
        | no("wants_transit", "wants_library"),
        {
            "loss-report": set(),
            "card": {"loss-report"},
            "activation": {"card"},
            "pension-account": {"card", "activation"},
            "medical-account": {"card"},
        },
        {PERSON: {"identity-card"}},
        5,
    ),
    Expected(
        "social-card",
        {"card_service": "first"}
        | no("receives_pension", "binds_medical_account", "wants_transit", "wants_library"),
        {"card": set(), "activation": {"card"}},
        {PERSON: {"identity-card", "identity-photo"}},
        3,
    ),
    Expected(
        "social-card",
        {"card_service": "expired", **yes("wants_transit", "wants_library")}
        | no("receives_pension", "binds_medical_account"),
        {"card": set(), "activation": {"card"}, "transit": {"card"}, "library": {"card"}},
        {PERSON: {"identity-card", "old-social-card"}},
        4,
    ),
    # --- disabled persons: the certificate first, then everything at once
    Expected(
        "disability-services",
        {"has_disability_certificate": False, "low_income": True, **yes(*OTHERS)},
        {
            "certificate": set(),
            "living-allowance": {"certificate"},
            "nursing-allowance": {"certificate"},
            "pension-subsidy": {"certificate"},
            "device": {"certificate"},
            "job-seeker": {"certificate"},
            "bus-card": {"certificate"},
        },
        {
            PERSON: {
                "identity-card",
                "identity-photo",
                "medical-opinion",
                "bank-card",
                "device-prescription",
            }
        },
        17,
    ),
    Expected(  # whoever has it shows it; the register knows the household's income
        "disability-services",
        {"has_disability_certificate": True, "low_income": True, **no(*OTHERS)},
        {"living-allowance": set()},
        {PERSON: {"disability-certificate", "bank-card"}},
        8,
    ),
    # --- school
    Expected(
        "start-school",
        {"household_in_district": True, "home_kind": "owned"}
        | no("has_residence_permit", "lease_recorded"),
        {"vaccination": set(), "enrolment": {"vaccination"}},
        {PUPIL: {"vaccination-record"}, PERSON: {"identity-card", "household-register"}},
        6,
    ),
    Expected(  # from elsewhere, in a flat whose lease nobody knows yet
        "start-school",
        {"home_kind": "rented"}
        | no("household_in_district", "has_residence_permit", "lease_recorded"),
        {
            "residence-permit": set(),
            "lease": set(),
            "vaccination": set(),
            "enrolment": {"residence-permit", "lease", "vaccination"},
        },
        {
            PUPIL: {"vaccination-record"},
            PERSON: {"identity-card", "household-register", "residence-proof", "lease-contract"},
        },
        8,
    ),
    Expected(  # the same family a year later: both papers are there and are asked for
        "start-school",
        {"home_kind": "rented", "household_in_district": False}
        | yes("has_residence_permit", "lease_recorded"),
        {"vaccination": set(), "enrolment": {"vaccination"}},
        {
            PUPIL: {"vaccination-record"},
            PERSON: {"identity-card", "household-register", "residence-permit", "lease-record"},
        },
        6,
    ),
    Expected(
        "start-school",
        {"household_in_district": True, "home_kind": "family"}
        | no("has_residence_permit", "lease_recorded"),
        {"vaccination": set(), "enrolment": {"vaccination"}},
        {
            PUPIL: {"vaccination-record"},
            PERSON: {
                "identity-card",
                "household-register",
                "grandparent-home-proof",
                "guardianship-proof",
            },
        },
        6,
    ),
    # --- a company changes
    Expected(
        "change-company",
        {**yes("changes_name", *UNITS, "holds_food_permit")}
        | no("changes_address", "changes_representative"),
        {
            "registration": set(),
            "seal": {"registration"},
            "tax": {"registration"},
            "staff-insurance": {"registration"},
            "staff-medical": {"registration"},
            "housing-fund": {"registration"},
            "bank-account": {"registration", "seal"},
            "food-permit": {"registration"},
        },
        {
            COMPANY: {"change-resolution", "old-seal", "food-permit-original"},
            PERSON: {"identity-card"},
        },
        4,
    ),
    Expected(
        "change-company",
        yes("changes_address")
        | no("changes_name", "changes_representative", *UNITS, "holds_food_permit"),
        {"registration": set(), "tax": {"registration"}},
        {COMPANY: {"change-resolution", "new-premises-proof"}, PERSON: {"identity-card"}},
        2,  # a day and two hours
    ),
    Expected(  # a food permit does not name the legal representative alone
        "change-company",
        yes("changes_representative", "has_bank_account", "holds_food_permit")
        | no("changes_name", "changes_address", "has_staff", "has_fund_account"),
        {"registration": set(), "tax": {"registration"}, "bank-account": {"registration"}},
        {COMPANY: {"change-resolution", "new-representative-papers"}, PERSON: {"identity-card"}},
        2,
    ),
    # --- a company ends: taxes and permits first, the rest after
    Expected(
        "close-company",
        yes("simple_closing", "holds_food_permit", *UNITS),
        {
            "tax-clearance": set(),
            "food-permit": set(),
            "deregistration": {"tax-clearance", "food-permit"},
            "seal": {"deregistration"},
            "staff-insurance": {"deregistration"},
            "staff-medical": {"deregistration"},
            "housing-fund": {"deregistration"},
            "bank-account": {"deregistration", "seal"},
        },
        {
            COMPANY: {"food-permit-original", "investors-commitment", "old-seal"},
            PERSON: {"identity-card"},
        },
        4,
    ),
    Expected(
        "close-company",
        no("simple_closing", "holds_food_permit", *UNITS),
        {
            "tax-clearance": set(),
            "deregistration": {"tax-clearance"},
            "seal": {"deregistration"},
        },
        {
            COMPANY: {"liquidation-report", "creditor-notice", "old-seal"},
            PERSON: {"identity-card"},
        },
        3,
    ),
    # --- a home changes hands
    Expected(
        "transfer-home",
        HOUSE
        | yes("first_home", "buys_with_loan", "transfers_water", "transfers_power", "transfers_gas")
        | no("contract_filed", "uses_housing_fund"),
        {
            "contract": set(),
            "tax": {"contract"},
            "transfer": {"contract", "tax"},
            "mortgage": {"transfer"},
            "water": {"transfer"},
            "power": {"transfer"},
            "gas": {"transfer"},
        },
        {
            PERSON: {
                "identity-card",
                "sale-contract",
                "only-home-statement",
                "loan-contract",
                "gas-safety-record",
            }
        },
        4,
    ),
    Expected(  # a contract that is filed already is shown once, to three departments
        "transfer-home",
        HOUSE
        | yes("contract_filed", "uses_housing_fund")
        | no("first_home", "buys_with_loan")
        | no("transfers_water", "transfers_power", "transfers_gas"),
        {"tax": set(), "transfer": {"tax"}, "fund-withdrawal": {"tax"}},
        {PERSON: {"sale-contract-record", "identity-card", "bank-card"}},
        3,
    ),
]


@pytest.mark.parametrize("expected", WORKED_OUT, ids=str)
def test_a_plan_is_as_worked_out_by_hand(published, expected: Expected) -> None:
    plan = compose(published[expected.bundle], expected.answers, commitments=expected.signed)

    waits = {
        member["member"]: {wait["member"] for wait in member["waits_for"]}
        for member in plan["members"]
    }
    asked: dict[str, set[str]] = {}
    for material in plan["materials"]:
        asked.setdefault(material["owner"], set()).add(material["evidence"])
    assert waits == expected.waits
    assert asked == expected.materials
    assert plan["promise"]["working_days"] == expected.days


@pytest.mark.parametrize("expected", WORKED_OUT, ids=str)
def test_nobody_comes_before_whom_it_waits_for(published, expected: Expected) -> None:
    plan = compose(published[expected.bundle], expected.answers, commitments=expected.signed)
    order = [member["member"] for member in plan["members"]]

    for member, awaited in expected.waits.items():
        assert all(order.index(one) < order.index(member) for one in awaited)


def test_every_bundle_beside_those_of_the_demo_is_worked_out_twice(published) -> None:
    worked_out = [expected.bundle for expected in WORKED_OUT]
    others = set(published) - {"open-restaurant", "newborn", "start-company"}

    assert all(worked_out.count(bundle) >= 2 for bundle in others)


def test_whoever_has_the_certificate_and_wants_nothing_is_told_so(published) -> None:
    answers = {"has_disability_certificate": True, "low_income": False, **no(*OTHERS)}

    with pytest.raises(NothingToDo):
        compose(published["disability-services"], answers)


@pytest.mark.parametrize(
    ("bundle", "answers", "later"),
    [
        (
            "open-public-place",
            PLACE | {"place_kind": "shop"},
            {"hygiene-report"},
        ),
        (
            "retire",
            {"retire_kind": "normal"}
            | yes("one_child_bonus", "household_in_province")
            | no("file_reviewed", "has_housing_fund", "fund_account_sealed"),
            {"one-child-certificate"},
        ),
    ],
)
def test_what_may_come_later_is_said_to(published, bundle: str, answers, later: set[str]) -> None:
    plan = compose(published[bundle], answers)

    assert {one["evidence"] for one in plan["materials"] if one["deferrable"]} == later


def test_what_a_register_answers_is_asked_of_nobody(published) -> None:
    answers = {"household_in_district": True, "home_kind": "owned"}
    plan = compose(
        published["start-school"], answers | no("has_residence_permit", "lease_recorded")
    )

    spared = {one["evidence"]: one["why"] for one in plan["not_asked"]}
    assert spared == {"property-record": "register", "vaccination-check-proof": "issued"}


def test_six_papers_or_one_signature_is_the_applicants_choice(published) -> None:
    answers = PLACE | {"place_kind": "hairdresser"}
    offered = compose(published["open-public-place"], answers)
    signed = compose(published["open-public-place"], answers, commitments=HYGIENE)

    [one] = offered["commitments"]
    assert (one["code"], one["chosen"]) == ("hygiene-permit", False)
    assert {each["material"].partition(":")[0] for each in one["replaces"]} == SIX
    assert "六十日内" in one["text"] and one["fulfil_within"]["value"] == 60
    [chosen] = signed["commitments"]
    assert chosen["chosen"] and chosen["digest"] == one["digest"]


@pytest.mark.parametrize(
    ("bundle", "answers", "needless"),
    [
        ("retire", {"has_housing_fund": False}, {"fund_account_sealed"}),
        ("start-school", {"household_in_district": True}, {"has_residence_permit"}),
        ("start-school", {"home_kind": "owned"}, {"lease_recorded"}),
        ("open-public-place", {"place_kind": "shop"}, {"fire_by_commitment"}),
        ("connect-utilities", {"works_length": 150.0}, {"digs_road", "occupies_green"}),
        (
            "change-company",
            {"changes_name": False, "changes_address": False},
            {"holds_food_permit"},
        ),
    ],
)
def test_what_changes_nothing_any_more_is_not_asked(
    published, bundle: str, answers: dict[str, Any], needless: set[str]
) -> None:
    asked = set(open_questions(published[bundle], answers))
    before = set(open_questions(published[bundle], {}))

    assert needless <= before and not needless & asked


def test_every_question_matters_to_somebody(published) -> None:
    for code, bundle in published.items():
        assert open_questions(bundle, {}) == bundle.bundle.questions, code
