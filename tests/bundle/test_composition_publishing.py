"""Publishing refuses what could never work, and names every fault."""

import pytest

from services.bundle.composition.rules import BundleFaulty, UnknownItem
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    bundle,
    catalogue,
    evidence,
    faults,
    field,
    item,
    member,
    need,
    published,
)

AREA = field("area", "number", rule={"minimum": 0})
COUNT = field("worker_count", "integer")
KIND = field("kind", "choice", rule={"options": [{"value": "hot", "name": "热食"}]})
PERSON = field("person_name", personal=True)
WORKERS = field("workers", "list", of=["person_name"])
FIELDS = (AREA, COUNT, KIND, PERSON, WORKERS)
TYPES = (
    evidence("licence"),
    evidence("seal"),
    evidence("permit"),
    evidence("health", kind="person"),
)


def shop(**more):
    """An item that asks everything, so that every code is known."""
    uses = [{"field": f["code"]} for f in FIELDS if f["code"] != "person_name"]
    return item("shop", **({"fields": uses} | more))


def items(*more, **of_shop):
    return catalogue(shop(**of_shop), *more, fields=FIELDS, types=TYPES)


def test_a_sound_bundle_is_published():
    record = bundle(member("shop", when="area >= 300.0"), questions=("area",))
    assert published(record, items()).bundle.code == "thing"


def test_an_item_that_is_not_known_yet_is_asked_again_later():
    record = bundle(member("shop"), member("stranger"), member("other"))
    with pytest.raises(UnknownItem) as refused:
        published(record, items())
    assert refused.value.retry_after == 2
    assert [flaw.pointer for flaw in refused.value.errors] == ["/members/1/item", "/members/2/item"]


def test_all_faults_are_told_at_once():
    record = bundle(
        member("shop", when="aera > 3.0", holder="nobody"),
        questions=("area", "area"),
        edges=[{"from": "shop", "to": "shop", "state": "decided"}],
    )
    assert faults(record, items()) == [
        ("duplicate", "/questions/1/field"),
        ("unknown-role", "/members/0/holder"),
        ("faulty-condition", "/members/0/when"),
        ("cycle", "/members"),
    ]


# --- codes --------------------------------------------------------------------------------------


def test_unknown_fields_and_evidence_types_of_an_item_are_named():
    broken = item("broken", fields=[{"field": "nothing"}], requirements=[need("paper")], issues="x")
    assert faults(bundle(member("shop"), member("broken")), items(broken)) == [
        ("unknown-field", "/members/1/item"),
        ("unknown-evidence", "/members/1/item"),
        ("unknown-evidence", "/members/1/item"),
    ]


def test_a_question_needs_a_known_field():
    assert faults(bundle(member("shop"), questions=("colour",)), items()) == [
        ("unknown-field", "/questions/0/field")
    ]


def test_a_question_never_asks_for_personal_data():
    record = bundle(member("shop"), questions=("person_name",))
    assert faults(record, items()) == [("personal-question", "/questions/0/field")]


def test_a_list_is_no_question():
    record = bundle(member("shop"), questions=("workers",))
    assert faults(record, items()) == [("list-question", "/questions/0/field")]


def test_edges_join_known_members():
    edges = [{"from": "shop", "to": "nobody", "state": "decided"}]
    assert faults(bundle(member("shop"), edges=edges), items()) == [
        ("unknown-member", "/edges/0/to")
    ]


def test_names_are_there_once():
    record = bundle(
        member("shop"),
        member("shop"),
        parties=[APPLICANT, COMPANY, COMPANY],
        edges=[{"from": "shop", "to": "x", "state": "decided"}] * 2,
    )
    found = [where for name, where in faults(record, items()) if name == "duplicate"]
    assert found == ["/parties/2/role", "/members/1/member", "/edges/1/from"]


def test_a_member_must_not_bear_the_name_of_a_repeat():
    check = member("shop", holder="worker", repeat={"count": "worker_count", "list": "workers"})
    record = bundle(
        check,
        member("shop", member="shop-2"),
        questions=("worker_count",),
        parties=[APPLICANT, COMPANY, WORKER],
    )
    assert faults(record, items()) == [("duplicate", "/members/1/member")]


def test_a_subject_that_nothing_asks_is_refused():
    fire = item("fire", requirements=[need("fire-paper")])
    known = catalogue(fire, fields=FIELDS, types=(evidence("fire-paper", subject="area"),))
    assert faults(bundle(member("fire")), known) == [("subject-not-asked", "/members/0/item")]


# --- one meaning per code -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (field("x"), field("x", "integer")),
        (
            field("x", "number", rule={"minimum": 10}),
            field("x", "number", rule={"maximum": 9}),
        ),
        (
            field("x", "integer", rule={"minimum": 1.2}),
            field("x", "integer", rule={"maximum": 1.8}),
        ),
        (
            field("x", "choice", rule={"options": [{"value": "a", "name": "A"}]}),
            field("x", "choice", rule={"options": [{"value": "b", "name": "B"}]}),
        ),
        (
            field("x", "choice", rule={"options": [{"value": "long", "name": "A"}]}),
            field("x", "choice", rule={"max_length": 2}),
        ),
        (field("x"), field("x", rule={"pattern": "(a"})),
    ],
)
def test_definitions_that_leave_no_value_are_a_conflict(one, other):
    first = catalogue(item("first", fields=[{"field": "x"}]), fields=(one,))
    second = catalogue(item("second", fields=[{"field": "x"}]), fields=(other,))
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(member("first"), member("second")), first | second)
    conflict = refused.value.errors[0]
    assert (conflict.pointer, conflict.more) == (
        "/members/1/item",
        {"fault": "conflicting-field", "field": "x"},
    )


def joined(one, other):
    first = catalogue(item("first", fields=[{"field": "x"}]), fields=(one,))
    second = catalogue(item("second", fields=[{"field": "x"}]), fields=(other,))
    return published(bundle(member("first"), member("second")), first | second).fields["x"]


def test_definitions_that_differ_are_joined_to_the_strictest():
    text = joined(
        field("x", rule={"max_length": 9, "pattern": "a.*"}),
        field("x", personal=True, rule={"max_length": 5, "pattern": ".*b"}),
    )
    assert text.personal
    assert (text.rule.max_length, text.rule.patterns) == (5, ("a.*", ".*b"))
    number = joined(
        field("x", "number", rule={"minimum": 1, "maximum": 8}),
        field("x", "number", rule={"minimum": 2, "maximum": 9}),
    )
    assert (number.rule.minimum, number.rule.maximum) == (2, 8)
    options = [{"value": value, "name": value} for value in "abc"]
    choice = joined(
        field("x", "choice", rule={"options": options[:2]}),
        field("x", "choice", rule={"options": options[1:]}),
    )
    assert [option.value for option in choice.rule.options] == ["b"]


def test_an_evidence_type_has_one_kind_of_holder():
    first = catalogue(item("first", requirements=[need("p")]), types=(evidence("p"),))
    second = catalogue(
        item("second", requirements=[need("p")]), types=(evidence("p", kind="person"),)
    )
    record = bundle(member("first"), member("second"))
    assert faults(record, first | second) == [("conflicting-evidence", "/members/1/item")]


# --- conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ("aera >= 300.0", "faulty-condition"),
        ("area >= 'x'", "faulty-condition"),
        ("area >", "faulty-condition"),
        ("area + 1.0", "faulty-condition"),
        ("dyn(area)", "faulty-condition"),
        ("worker_count > 3", "unfed-condition"),
        ("false", "unreachable"),
        ("area > 1.0 && false", "unreachable"),
        ("kind == 'cold'", "unreachable"),
    ],
)
def test_a_condition_that_cannot_work_is_refused(condition, fault):
    record = bundle(member("shop", when=condition), questions=("area", "kind"))
    assert faults(record, items()) == [(fault, "/members/0/when")]


def test_a_condition_inside_an_item_must_be_fed_too():
    known = items(requirements=[need("permit", when="worker_count > 3")])
    assert faults(bundle(member("shop")), known) == [("unfed-condition", "/members/0/item")]
    assert published(bundle(member("shop"), questions=("worker_count",)), known)


# --- roles ----------------------------------------------------------------------------------------


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


# --- order and time -------------------------------------------------------------------------------

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


def test_a_bundle_of_nothing_is_refused():
    assert faults(bundle(), {}) == [("no-members", "/members")]


@pytest.mark.parametrize(
    ("of", "told"),
    [([], "has no fields"), (["ghost"], "unknown field ghost"), (["workers"], "a list workers")],
)
def test_a_list_has_plain_known_fields(of, told):
    broken = (*FIELDS, field("things", "list", of=of))
    known = catalogue(
        shop(), item("list", fields=[{"field": "things"}]), fields=broken, types=TYPES
    )
    with pytest.raises(BundleFaulty) as refused:
        published(bundle(member("shop"), member("list")), known)
    [flaw] = refused.value.errors
    assert flaw.more["fault"] == "faulty-list"
    assert told in flaw.en
