"""Who applies, for whom, and who holds what is issued: faults of the roles of a bundle."""

import pytest

from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    bundle,
    catalogue,
    faults,
    field,
    item,
    member,
)
from tests.bundle.publishable import FIELDS, TYPES, items, shop


def test_somebody_must_apply():
    record = bundle(member("shop"), parties=[COMPANY])
    assert faults(record, items()) == [("applicant", "/parties")]


@pytest.mark.parametrize("holder", ["nobody", "worker"])
def test_the_application_is_for_one_known_party(holder):
    record = bundle(member("shop"), parties=[APPLICANT, COMPANY, WORKER], holder=holder)
    assert faults(record, items()) == [("unknown-role", "/holder")]


REPEAT = {"count": "worker_count", "list": "workers"}


@pytest.mark.parametrize(
    ("holder", "repeat"), [("worker", None), ("company", REPEAT), ("applicant", REPEAT)]
)
def test_a_holder_fits_its_repeat(holder, repeat):
    record = bundle(
        member("shop", holder=holder, repeat=repeat),
        questions=("worker_count",),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert faults(record, items()) == [("holder-repeat", "/members/0/holder")]


@pytest.mark.parametrize(
    ("repeat", "where"),
    [
        ({"count": "area", "list": "workers"}, "/members/0/repeat/count"),
        ({"count": "kind", "list": "workers"}, "/members/0/repeat/count"),
    ],
)
def test_a_repeat_counts_by_a_question_for_a_whole_number(repeat, where):
    record = bundle(
        member("shop", holder="worker", repeat=repeat),
        questions=("area",),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert faults(record, items()) == [("faulty-repeat", where)]


def test_a_repeat_runs_over_a_list_on_its_own_items_form():
    check = item("check", fields=[{"field": "worker_count"}])
    record = bundle(
        member("shop"),
        member("check", holder="worker", repeat=REPEAT),
        questions=("worker_count",),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert faults(record, items(check)) == [("faulty-repeat", "/members/1/repeat/list")]


def test_one_list_has_one_length():
    first = member("shop", holder="worker", repeat=REPEAT)
    second = member("shop", "worker", member="again", repeat=REPEAT | {"count": "seats"})
    seats = field("seats", "integer")
    known = catalogue(shop(fields=[{"field": "workers"}]), fields=(*FIELDS, seats), types=TYPES)
    record = bundle(
        first,
        second,
        questions=("worker_count", "seats"),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert {name for name, _ in faults(record, known)} == {"faulty-repeat"}


def test_a_certificate_is_issued_to_its_kind_of_holder():
    record = bundle(member("shop", holder="applicant"))
    assert faults(record, items(issues="licence")) == [("holder-kind", "/members/0/holder")]


def test_the_fields_that_name_a_party_are_asked():
    nameless = COMPANY | {"name_field": "enterprise_name"}
    assert faults(bundle(member("shop"), parties=[APPLICANT, nameless]), items()) == [
        ("unknown-field", "/parties/1/name_field")
    ]
    listless = WORKER | {"list": "area"}
    assert faults(bundle(member("shop"), parties=[APPLICANT, COMPANY, listless]), items()) == [
        ("faulty-list", "/parties/2/list")
    ]
