"""Invented numbers that prove themselves; the proofs are those of the standards."""

from datetime import date

import pytest

from deploy.example.demo.people import Town, credit_code, id_number


def test_id_numbers_end_as_the_standard_says() -> None:
    assert id_number("110105", date(1949, 12, 31), 2) == "11010519491231002X"


@pytest.mark.parametrize("known", ["91350100M000100Y43", "91110000600037341L"])
def test_credit_codes_end_as_the_standard_says(known: str) -> None:
    assert credit_code(known[:17]) == known


def test_nobody_is_handed_out_twice() -> None:
    town = Town(seed=1)
    people = [town.person(woman=bool(n % 2)) for n in range(500)]
    companies = [town.company("张三") for _ in range(500)]

    assert len({person.number for person in people}) == 500
    assert len({person.account for person in people}) == 500
    assert len({company.name for company in companies}) == 500


def test_the_last_digit_but_one_tells_women_and_men_apart() -> None:
    town = Town(seed=2)

    assert int(town.person(woman=True).number[16]) % 2 == 0
    assert int(town.person(woman=False).number[16]) % 2 == 1


def test_two_towns_do_not_share_names() -> None:
    """The demo may run twice against one platform."""
    one, other = Town(seed=3), Town(seed=4)

    assert one.person().account != other.person().account
    assert one.company_name("餐饮") != other.company_name("餐饮")
