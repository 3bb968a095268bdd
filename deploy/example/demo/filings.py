"""What one filing of the demo is: who files what, and the script of what happens to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from deploy.example.demo.expectations import Retirement
from deploy.example.demo.people import Company, Person, Town

Facts = dict[str, Any]
POSTS = ("cook", "waiter", "cleaner")


@dataclass(eq=False)
class Filing:
    """One filing and its script; what it must come to is worked out from both."""

    title: str
    bundle: str
    filer: Person
    answers: Facts
    facts: Facts
    """A value for every field that the form may ask."""
    company: Company | None = None
    """The enterprise the filer acts for: by legal-person login, or by its mandate."""
    principal: Person | None = None
    """Who gave the filer a mandate, for themselves or for `company`."""
    refused: dict[str, str] = field(default_factory=dict)
    """Members that end refused, and the reason code."""
    at_desk: frozenset[str] = frozenset()
    """Those of them that an officer refuses; a partner's system sees it in the data by itself."""
    later: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Desks that take a member on, or refuse it, only after these members are settled."""
    stopped: tuple[str, ...] = ()
    """Members that a refusal stops before their desk took them on."""
    choice: tuple[str, str] | None = None
    """The refused member at which the applicant is asked, and the answer."""
    withdraw: str | None = None
    """A member that is taken back, or "*": everything, while answers are in flight."""
    follows: "Filing | None" = None
    """Filed before by the same people: what the wallets hold is not asked again."""
    born_of: "Filing | None" = None
    """The filing in which the holder came into being."""
    fallen: tuple[str, ...] = ()
    """Members that are not needed any more when their item is retired."""
    after: Retirement | None = None
    """Filed after this retirement."""
    signed: frozenset[tuple[str, str]] = frozenset()
    """Items and the commitments signed for them, instead of bringing evidence."""
    by_hand: frozenset[str] = frozenset()
    """Members that an officer of a story sees to, step by step."""

    @property
    def applicant(self) -> Person:
        """Whose own person stands behind the role of the applicant."""
        return self.principal if self.principal and not self.company else self.filer


def person_facts(person: Person, town: Town) -> Facts:
    return {
        "applicant_name": person.name,
        "applicant_id_number": person.number,
        "applicant_phone": person.phone,
        "applicant_address": town.address(),
    }


def company_facts(company: Company | None) -> Facts:
    if company is None:
        return {}
    return {
        "enterprise_name": company.name,
        "credit_code": company.code,
        "legal_representative": company.representative,
    }


def workers(staff: Sequence[Person]) -> list[Facts]:
    return [
        {
            "person_name": person.name,
            "person_id_number": person.number,
            "person_phone": person.phone,
            "work_post": POSTS[place % len(POSTS)],
        }
        for place, person in enumerate(staff)
    ]


def restaurant(
    town: Town,
    title: str,
    *,
    filer: Person | None = None,
    company: Company | None = None,
    ages: Sequence[int] = (30,),
    answers: Facts | None = None,
    facts: Facts | None = None,
    **script: Any,
) -> Filing:
    """开办餐饮店; `ages` are the workers'."""
    filer = filer or town.person()
    if company is None and "born_of" not in script:
        company = town.company(filer.name)
    said: Facts = {
        "premises_address": town.address(),
        "business_area": 86.0,
        "worker_count": len(ages),
        "serves_cold_dishes": False,
        "serves_raw_food": False,
        "fresh_juice": True,
        "signboard_area": 0.0,
        "sells_tobacco": False,
        "fire_by_commitment": False,
    }
    known = person_facts(filer, town) | company_facts(company)
    known |= {
        "business_scope": "餐饮服务；食品销售；外卖递送服务",
        "kitchen_area": 26.5,
        "seat_count": 48,
        "food_category": "hot",
        "food_safety_manager": town.name(),
        "food_safety_certificate_number": f"SP{town.random.randrange(10**8):08d}",
        "opening_date": (date.today() + timedelta(days=30)).isoformat(),
        "workers": workers([town.person(age=age) for age in ages]),
        "signboard_text": "沅芷小馆",
        "signboard_lit": True,
        "floor_number": 1,
        "exit_count": 3,
        "fire_safety_manager": town.name(),
        "near_school_metres": 320.0,
    }
    said |= answers or {}
    return Filing(title, "open-restaurant", filer, said, known | (facts or {}), company, **script)


def newborn(
    town: Town,
    title: str,
    *,
    filer: Person | None = None,
    answers: Facts | None = None,
    facts: Facts | None = None,
    **script: Any,
) -> Filing:
    """新生儿出生; the applicant is the mother unless the answers say otherwise."""
    said: Facts = {
        "applicant_relation": "mother",
        "child_order": 1,
        "parents_married": True,
        "birth_registered": False,
        "wants_social_card": True,
        "claims_birth_costs": True,
    } | (answers or {})
    mother = said["applicant_relation"] == "mother"
    filer = filer or town.person(woman=mother)
    parent, other = script.get("principal") or filer, town.person(woman=not mother)
    known = person_facts(parent, town) | {
        "other_parent_name": other.name,
        "other_parent_id_number": other.number,
        "child_name": town.name(),
        "child_gender": town.random.choice(("male", "female")),
        "birth_date": town.birthday(),
        "birth_hospital": "沅芷区妇幼保健院",
        "delivery_record_number": f"ZY{town.random.randrange(10**8):08d}",
        "household_head": parent.name,
        "household_address": town.address(),
        "insured_year": date.today().year,
        "payment_account": f"6228{town.random.randrange(10**12):012d}",
        "card_bank": "rural",
        "claim_amount": 6842.5,
        "bank_account": f"6217{town.random.randrange(10**12):012d}",
        "vaccination_clinic": "沅芷区城东社区卫生服务中心",
    }
    return Filing(title, "newborn", filer, said, known | (facts or {}), **script)


def company(
    town: Town,
    title: str,
    *,
    filer: Person | None = None,
    answers: Facts | None = None,
    facts: Facts | None = None,
    **script: Any,
) -> Filing:
    """企业开办; the company is born on the way."""
    filer = filer or town.person()
    said: Facts = {
        "premises_address": town.address(),
        "shareholder_count": 2,
        "employee_count": 6,
        "opens_housing_fund": True,
        "opens_bank_account": True,
    } | (answers or {})
    known = person_facts(filer, town) | {
        "enterprise_name": town.company_name("餐饮管理"),
        "company_type": "limited",
        "registered_capital": 50.0,
        "legal_representative": filer.name,
        "business_scope": "餐饮管理；餐饮服务；食品销售",
        "seal_engraver": "沅芷诚信印章店",
        "seal_count": 4,
        "taxpayer_type": "small",
        "accountant_name": town.name(),
        "invoice_quota": 25,
        "monthly_wages": 33600.0,
        "fund_ratio": 8.0,
        "preferred_bank": "rural",
    }
    return Filing(title, "start-company", filer, said, known | (facts or {}), **script)


def home(town: Town, title: str, **script: Any) -> Filing:
    """二手房转移登记; what is not asked any more is not answered either."""
    filer, seller = town.person(), town.person()
    said: Facts = {
        "property_number": town.address()[-24:],
        "first_home": False,
        "buys_with_loan": False,
        "uses_housing_fund": True,
        "transfers_water": True,
        "transfers_power": False,
        "transfers_gas": False,
    }
    if script.get("after") is None:
        said["contract_filed"] = False
    known = person_facts(filer, town) | {
        "seller_name": seller.name,
        "seller_id_number": seller.number,
        "sale_price": 860000.0,
        "bank_account": f"6217{town.random.randrange(10**12):012d}",
    }
    return Filing(title, "transfer-home", filer, said, known, **script)
