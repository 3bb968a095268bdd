"""Any item of any bundle is retired in any mode: the plan is as if nobody had ever known it.

Nothing is asked that nobody issues, and nothing is asked that was not asked before.
"""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import NothingToDo, Retired, Retirement, abridge, compose
from tests.bundle.bundles import Record, bundle, catalogue, field, item, member, published
from tests.bundle.worlds import BUSY, World, worlds

MODES = ("cancelled", "filing", "commitment", "optimised")
ENDS = ("cancelled", "commitment")
BOOKKEEPING = {"left_out", "not_asked", "digest"}


@st.composite
def retirements(draw, world: World) -> Retired:
    """A few items of the world, with what the catalogue would say of them that day."""
    codes = sorted(code for code in world.items if code != "asks-all")
    gone, evidence, kept = {}, {}, set()
    for code in draw(st.lists(st.sampled_from(codes), min_size=1, max_size=3, unique=True)):
        one = Retirement(code, draw(st.sampled_from(MODES)), "2026-12-01")
        if one.mode in ENDS:
            gone[code] = one
        issued = world.items[code].get("issues")
        others = [i for i, record in world.items.items() if record.get("issues") == issued]
        if issued and one.mode != "optimised" and set(others) <= {*gone, code}:
            evidence[issued] = one
            dependents = st.sampled_from(codes)
            kept |= {(item, issued) for item in draw(st.sets(dependents, max_size=1))}
    return Retired(gone, evidence, frozenset(kept))


@st.composite
def situations(draw) -> tuple[World, Retired]:
    world = draw(worlds())
    return world, draw(retirements(world))


def without(world: World, retired: Retired) -> World:
    """The same world as a designer would have made it, had the retired never been there."""
    gone = {m["member"] for m in world.record["members"] if m["item"] in retired.items}
    members = [m for m in world.record["members"] if m["member"] not in gone]
    edges = [e for e in world.record["edges"] if not {e["from"], e["to"]} & gone]
    items = {
        code: one
        | {"requirements": [r for r in one.get("requirements", []) if asks(code, r, retired)]}
        for code, one in world.items.items()
    }
    record = world.record | {"members": members, "edges": edges}
    return World(record, items, world.types, world.answers, world.held)


def asks(item: str, need: Record, retired: Retired) -> bool:
    ended = need["evidence"] in retired.evidence
    looked_up = need["source"] in ("register", "commitment")
    return not ended or looked_up or (item, need["evidence"]) in retired.kept


def planned(world: World, retired: Retired) -> Any:
    return compose(abridge(world.published, retired), world.answers, world.held)


def rest(plan: Record) -> Record:
    told = [one for one in plan["not_asked"] if one["why"] != "retired"]
    return {key: value for key, value in plan.items() if key not in BOOKKEEPING} | {"told": told}


@settings(BUSY, max_examples=100)
@given(situations())
def test_the_plan_is_as_if_the_retired_had_never_been_there(situation):
    world, retired = situation
    less = without(world, retired)
    assert rest(planned(world, retired)) == rest(compose(less.published, less.answers, less.held))


@settings(BUSY, max_examples=100)
@given(situations())
def test_nobody_is_asked_for_what_nobody_issues_and_everybody_is_told_why(situation):
    world, retired = situation
    plan = planned(world, retired)

    assert not {m["item"] for m in plan["members"]} & set(retired.items)
    for material in plan["materials"]:
        if material["kind"] == "evidence" and material["evidence"] in retired.evidence:
            items = {why["item"] for why in material["why"]}
            assert items & {item for item, code in retired.kept if code == material["evidence"]}
    told = {one["member"]: one["retired"] for one in plan["left_out"] if one.get("retired")}
    gone = {m["member"]: m["item"] for m in world.record["members"] if m["item"] in retired.items}
    assert {member: one["item"] for member, one in told.items()} == gone
    for entry in plan["not_asked"]:
        if entry["why"] == "retired":
            assert entry["by"] == retired.evidence[entry["evidence"]].item
            assert entry["for"]


@settings(BUSY, max_examples=100)
@given(situations())
def test_a_retirement_adds_no_field_and_where_it_keeps_what_is_needed_no_material(situation):
    """What a retired member would have issued is asked of nobody, kept requirements apart."""
    world, retired = situation
    assume(not retired.kept)
    before = compose(world.published, world.answers, world.held)
    plan = planned(world, retired)

    assert {f["field"] for f in plan["form"]} <= {f["field"] for f in before["form"]}
    issued_by_the_retired = {world.items[code].get("issues") for code in retired.items}
    for material in plan["materials"]:
        asked_before = material["key"] in {m["key"] for m in before["materials"]}
        assert asked_before or material["evidence"] in issued_by_the_retired - {None}
        if not asked_before:
            assert material["kind"] == "commitment" or material["evidence"] not in retired.evidence


@settings(BUSY, max_examples=50)
@given(worlds())
def test_where_all_is_retired_there_is_nothing_to_do_and_the_reason_is_told(world):
    gone = {code: Retirement(code, "cancelled", "2026-12-01") for code in world.items}
    try:
        planned(world, Retired(gone))
        raise AssertionError("there was something to do")
    except NothingToDo as refused:
        told = {one["member"] for one in refused.members["left_out"]}
        assert told == {m["member"] for m in world.record["members"]}


@settings(BUSY, max_examples=50)
@given(worlds())
def test_without_a_retirement_nothing_changes(world):
    assert not Retired()
    assert planned(world, Retired()) == compose(world.published, world.answers, world.held)


def test_a_field_is_no_stricter_than_those_who_are_left_say():
    uses = [{"field": "area"}]
    items = catalogue(
        item("shop", fields=uses), fields=(field("area", "number", rule={"maximum": 900}),)
    )
    items |= catalogue(
        item("sign", fields=uses), fields=(field("area", "number", rule={"maximum": 5}),)
    )
    both = published(bundle(member("shop"), member("sign")), items)

    less = abridge(both, Retired({"sign": Retirement("sign", "cancelled", "2026-12-01")}))

    assert compose(both, {})["form"][0]["rule"]["maximum"] == 5
    assert compose(less, {})["form"][0]["rule"]["maximum"] == 900
