"""Bundles of enterprises: utilities, a public place, a company that changes or ends."""

from tests.example.plans import COMPANY, PERSON, Expected, no, yes

SITE = {"project_address": "朝阳路 1 号"}
PLACE = {"premises_address": "朝阳路 1 号"}
UNITS = ("has_staff", "has_fund_account", "has_bank_account")
HYGIENE = (("hygiene-permit-new", "hygiene-permit"),)
SIX = {
    "layout-plan",
    "hygiene-rules",
    "staff-health-list",
    "preventive-review-opinion",
    "hygiene-report",
    "hygiene-self-score",
}

ENTERPRISES = [
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
            "hotel-trade": {"fire-check", "hygiene"},
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
        11,
        signed=HYGIENE,
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
]
