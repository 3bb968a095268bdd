"""Bundles of people: retiring, a card, help for the disabled, school, a home."""

from tests.example.plans import PERSON, PUPIL, Expected, no, yes

FUND = {"has_housing_fund": True, "fund_account_sealed": False}
HOUSE = {"property_number": "430799001"}
OTHERS = ("severe_disability", "wants_device", "seeks_work", "wants_bus_card")

PEOPLE = [
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
        {
            PUPIL: {"child-register-page", "vaccination-record"},
            PERSON: {"identity-card", "household-register"},
        },
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
            PUPIL: {"child-register-page", "vaccination-record"},
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
            PUPIL: {"child-register-page", "vaccination-record"},
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
            PUPIL: {"child-register-page", "vaccination-record"},
            PERSON: {
                "identity-card",
                "household-register",
                "grandparent-home-proof",
                "guardianship-proof",
            },
        },
        6,
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
