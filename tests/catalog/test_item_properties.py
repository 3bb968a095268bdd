"""Of any record: each flaw points at something there, and what has none keeps its word."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.records.rules import item_flaws
from services.catalog.records.rules.times import size
from tests.catalog.records import DAYS, FIELDS, INSTANT, KNOWN, PROMISE, days, item

texts = st.text(max_size=80)
pieces = st.lists(
    st.sampled_from([*FIELDS, "nothing", "(", ")", "&&", "!", "<", "1.0", '"a"', "'", "\\", "."])
)


@given(st.one_of(texts, pieces.map(" ".join)))
def test_no_text_is_too_strange_to_be_judged_as_a_rule(text: str):
    for flaw in item_flaws(
        item(**INSTANT) | {"instant": {"rule": text, "commitment": None}}, KNOWN
    ):
        assert flaw.pointer.startswith("/instant/")


durations = st.builds(
    days, st.integers(0, 1000), st.sampled_from(["working_day", "natural_day", "hour"])
)


@given(durations, durations, durations)
def test_sizes_of_durations_are_an_order(one, two, three):
    longest = max((one, two, three), key=size)

    assert all(size(longest) >= size(each) for each in (one, two, three))
    assert size(days(5)) == size(days(40, "hour")) == size(days(7, "natural_day"))


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), values)


DEPARTMENTS = st.sampled_from(["market", "health", "city", "nowhere"])
PAPERS = st.sampled_from(["plan", "permit", "nothing"])
RULES = st.sampled_from(["area < 50.0", "sealed", "owner_phone", "workers", "nothing", "area <"])
COMMITMENTS = st.sampled_from(["hygiene", "other"])
TEXTS = st.sampled_from(["", "某文"])
needs = st.fixed_dictionaries(
    {
        "evidence": PAPERS,
        "when": maybe(RULES),
        "source": st.sampled_from(["applicant", "register"]),
        "deferrable": st.booleans(),
        "deferral": maybe(st.just(DAYS)),
        "commitment": maybe(COMMITMENTS),
        "kept_by": maybe(DEPARTMENTS),
        "register_name": TEXTS,
    }
)
duties = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["verify_commitment", "inspect", "random_check"]),
        "within": st.just(DAYS),
        "after": st.sampled_from(["grant", "verify_commitment"]),
        "share": st.sampled_from([1.0, 0.5]),
    }
)
records = st.fixed_dictionaries(
    {},
    optional={
        "department": DEPARTMENTS,
        "kind": st.sampled_from(["01", "20", "1"]),
        "audience": st.lists(st.sampled_from(["person", "enterprise"]), max_size=2),
        "power_source": st.sampled_from(["own", "entrusted", "authorised"]),
        "entrusted_by": maybe(DEPARTMENTS),
        "issued_by": maybe(DEPARTMENTS),
        "regulator": maybe(DEPARTMENTS),
        "joint_order": TEXTS,
        "legal_basis": TEXTS,
        "legal": maybe(durations),
        "extension": maybe(durations),
        "promised": durations,
        "instant": maybe(st.fixed_dictionaries({"rule": RULES, "commitment": maybe(COMMITMENTS)})),
        "commitments": st.lists(st.just(PROMISE), max_size=2),
        "supervision": st.lists(duties, max_size=2),
        "fields": st.lists(
            st.fixed_dictionaries(
                {"field": st.sampled_from([*FIELDS, "nothing"]), "when": maybe(RULES)}
            ),
            max_size=3,
        ),
        "requirements": st.lists(needs, max_size=3),
        "issues": maybe(PAPERS),
        "validity": maybe(st.just({"value": 5})),
        "codes": st.lists(
            st.fixed_dictionaries(
                {
                    "system": st.sampled_from(["task-code", "local", "somewhere"]),
                    "value": st.sampled_from(["T" * 24, "1", "x y"]),
                }
            ),
            max_size=2,
        ),
    },
)


def at(record: Any, pointer: str) -> Any:
    """What stands where a JSON pointer points; fails where nothing can stand."""
    for step in pointer.split("/")[1:]:
        record = record[int(step)] if isinstance(record, list) else record[step]
    return record


@given(records)
def test_every_flaw_of_any_record_points_at_something_that_is_there(record: dict[str, Any]):
    whole = item(**{"promised": DAYS} | record)

    for flaw in item_flaws(whole, KNOWN):
        at(whole, flaw.pointer)
        assert flaw.more["fault"] and flaw.zh and flaw.en


@given(records)
def test_what_has_no_flaw_keeps_its_word(record: dict[str, Any]):
    """The rules said again, in the words of the people they protect."""
    whole = item(**{"promised": DAYS} | record)
    if item_flaws(whole, KNOWN):
        return

    assert whole["legal"] is None or size(whole["promised"]) <= size(whole["legal"])
    if whole["instant"]:
        assert whole["regulator"] and whole["supervision"]
        assert "owner_phone" not in whole["instant"]["rule"]
    assert not whole["supervision"] or whole["regulator"]
    signed = {one["code"] for one in whole["commitments"]}
    for need in whole["requirements"]:
        assert need["commitment"] is None or need["commitment"] in signed
        assert need["deferral"] is None or need["deferrable"]
        assert need["evidence"] != whole["issues"]
    named = [whole[name] for name in ("department", "regulator", "issued_by", "entrusted_by")]
    assert set(named) <= {None, *KNOWN.departments}
    if whole["kind"] == "01" and whole["extension"] and not whole["joint_order"]:
        assert size(whole["extension"]) <= size(days(10))
