"""The numbers of those who are born on the way, worked out as their authorities give them."""

import hashlib
from datetime import date

from deploy.example.demo.expectations import Json
from deploy.example.demo.people import REGION, credit_code, id_number


def _drawn(count: int, *parts: str) -> str:
    digest = hashlib.sha256("|".join(parts).encode()).digest()
    return str(int.from_bytes(digest, "big"))[-count:]


def born_number(bundle: str, form: Json) -> str | None:
    """The number that whoever is born of a filing is given, if somebody is."""
    numbers = {"start-company": company_number, "newborn": child_number}
    return numbers[bundle](form) if bundle in numbers else None


def company_number(form: Json) -> str:
    """What the market department gives a company of this name."""
    return credit_code(f"91{REGION}MA" + _drawn(7, form["enterprise_name"]))


def child_number(form: Json) -> str:
    """What the police gives a child of this name and parent."""
    drawn = int(_drawn(3, form["child_name"], form["applicant_id_number"]))
    sequence = drawn // 2 * 2 + (form["child_gender"] == "male")
    return id_number(REGION, date.fromisoformat(form["birth_date"]), sequence)
