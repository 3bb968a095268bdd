"""The filings of the stories: a social security card, and a hotel."""

from deploy.example.demo.filings import Facts, Filing, company_facts, person_facts
from deploy.example.demo.people import Town


def social_card(town: Town, title: str) -> Filing:
    """社会保障卡; an officer of the story sees to the card itself."""
    filer = town.person()
    said: Facts = {
        "card_service": "first",
        "receives_pension": False,
        "binds_medical_account": True,
        "wants_transit": True,
        "wants_library": False,
    }
    known = person_facts(filer, town) | {"card_bank": "rural"}
    return Filing(title, "social-card", filer, said, known, by_hand=frozenset({"card"}))


def hotel(town: Town, title: str) -> Filing:
    """公共场所卫生许可, of a hotel: the hygiene permit by rule, on a signed commitment."""
    filer = town.person()
    company = town.company(filer.name, "宾馆")
    said: Facts = {
        "premises_address": town.address(),
        "place_kind": "hotel",
        "fire_by_commitment": True,
    }
    known = person_facts(filer, town) | company_facts(company)
    known |= {
        "business_scope": "住宿服务；餐饮服务",
        "business_area": 860.0,
        "worker_count": 9,
        "hygiene_manager": town.name(),
        "room_count": 32,
        "floor_number": 2,
        "exit_count": 4,
        "fire_safety_manager": town.name(),
    }
    return Filing(
        title,
        "open-public-place",
        filer,
        said,
        known,
        company,
        signed=frozenset({("hygiene-permit-new", "hygiene-permit")}),
        by_hand=frozenset({"fire-check", "hotel-trade"}),
    )
