"""Who waits for whom, and how long: circles, dead ends and promises that cannot be kept."""

import pytest

from services.bundle.composition.rules import BundleFaulty
from tests.bundle.bundles import bundle, catalogue, evidence, faults, item, member, need, published
from tests.bundle.publishable import FIELDS, TYPES, items

LICENCE = item("register", promised=3, issues="licence", requirements=[need("seal")])
SEAL = item("engrave", promised=2, issues="seal", requirements=[need("licence")])
BANK = item("bank", promised=1, requirements=[need("seal")])


def test_a_circle_is_named_by_its_path():
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(*map(member, ("register", "engrave"))), items(LICENCE, SEAL))
    [circle] = refused.value.errors
    assert circle.more == {"fault": "cycle", "path": ["register", "engrave", "register"]}
    assert "register → engrave → register" in circle.en


def test_an_explicit_edge_against_the_evidence_makes_a_circle():
    edges = [{"from": "bank", "to": "engrave", "state": "decided"}]
    plain = SEAL | {"requirements": []}
    record = bundle(member("engrave"), member("bank"), edges=edges)
    assert faults(record, items(plain, BANK)) == [("cycle", "/members")]


def test_a_member_that_needs_what_only_it_issues_could_never_begin():
    renewal = item("renewal", issues="licence", requirements=[need("licence")])
    assert faults(bundle(member("renewal")), items(renewal)) == [("cycle", "/members")]


@pytest.mark.parametrize("whose", ["anyone", "applicant"])
def test_evidence_that_goes_from_party_to_party_closes_a_circle_too(whose):
    types = (*TYPES, evidence("passport", kind="person"))
    register = item("register", issues="licence", requirements=[need("passport", whose=whose)])
    travel = item("travel", issues="passport", requirements=[need("licence", whose="anyone")])
    known = catalogue(register, travel, fields=FIELDS, types=types)
    record = bundle(member("register"), member("travel", holder="applicant"))
    assert faults(record, known) == [("cycle", "/members")]


def test_what_is_issued_to_somebody_else_makes_no_circle():
    renewal = item("renewal", issues="licence", requirements=[need("licence", whose="applicant")])
    assert published(bundle(member("renewal")), items(renewal))


def test_nobody_waits_for_a_certificate_that_is_never_issued():
    edges = [{"from": "bank", "to": "shop", "state": "issued"}]
    record = bundle(member("shop"), member("bank"), edges=edges)
    assert faults(record, items(BANK)) == [("unreachable", "/edges/0/state")]


def test_a_promise_below_the_critical_path_is_refused():
    plain = LICENCE | {"requirements": []}
    members = [member("register"), member("engrave"), member("bank")]
    known = items(plain, SEAL, BANK)
    assert published(bundle(*members, promised={"value": 6, "unit": "working_day"}), known)
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(*members, promised={"value": 47, "unit": "hour"}), known)
    [short] = refused.value.errors
    assert short.more == {
        "fault": "promise",
        "path": ["register", "engrave", "bank"],
        "working_hours": 48,
    }
