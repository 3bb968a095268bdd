"""What holds for every bundle, every answer and every wallet."""

import itertools

import orjson
import pytest

from services.bundle.composition.rules import (
    FilingIncomplete,
    check_filing,
    compose,
    dossier_fields,
)
from tests.bundle.bundles import Record
from tests.bundle.counting import fates, is_signed, longest, needs_of, selected, serves
from tests.bundle.worlds import CONDITIONS, PLAIN, World


def each_need_is_met_once_and_in_the_right_way(world: World, plan: Record) -> None:
    told: dict[str, list] = {key: [] for key in fates(world)}
    for entry in plan["not_asked"]:
        for key in entry["for"]:
            told[key].append((f"{entry['evidence']}:{entry['owner']}", entry["why"], entry["by"]))
    for material in plan["materials"]:
        for key in {why["member"] for why in material["why"]}:
            told[key].append((material["key"], "asked", None))
    for signed in (one for one in plan["commitments"] if one["chosen"]):
        for name, key in {(one["material"], one["member"]) for one in signed["replaces"]}:
            told[key].append((name, "signed", signed["code"]))
    assert {key: set(needs) for key, needs in told.items()} == fates(world)
    assert all(len(needs) == len(set(needs)) for needs in told.values())


def nothing_is_asked_twice_and_nothing_that_is_issued_on_the_way(
    world: World, plan: Record
) -> None:
    keys = [m["key"] for m in plan["materials"]]
    fields = [f["field"] for f in plan["form"]]
    assert len(keys) == len(set(keys))
    assert len(fields) == len(set(fields))
    for _, its, owner in selected(world).values():
        assert f"{its.get('issues')}:{owner}" not in keys
        assert f"{its.get('issues')}:anyone" not in keys


def the_form_is_the_union_of_what_the_selected_members_ask(world: World, plan: Record) -> None:
    expected: dict[str, set[str]] = {}
    required = set()
    for key, (_, its, _) in selected(world).items():
        for use in its["fields"]:
            if CONDITIONS[use.get("when")](world.answers):
                expected.setdefault(use["field"], set()).add(key)
                if use.get("required", True):
                    required.add(use["field"])
    assert {f["field"]: {why["member"] for why in f["why"]} for f in plan["form"]} == expected
    assert {f["field"] for f in plan["form"] if f["required"]} == required


def a_material_is_as_strict_as_its_strictest_user(world: World, plan: Record) -> None:
    for material in plan["materials"]:
        asks = [
            need
            for need, name, key in needs_of(world)
            if name == material["key"] and (name, "asked", None) in fates(world)[key]
            if is_asked(world, need, selected(world)[key][1], material["owner"])
        ]
        assert material["lowest_trust"] == min(need["lowest_trust"] for need in asks)
        assert material["deferrable"] == all(need["deferrable"] for need in asks)
        times = [hours(need["deferral"]) for need in asks if need["deferral"]]
        later = min(times) if material["deferrable"] and times else None
        assert (hours(material["deferral"]) if material["deferral"] else None) == later
        strict = {
            why["member"]
            for why in material["why"]
            if why["lowest_trust"] in "AB" and why["source"] != "commitment"
        }
        assert {window["member"] for window in material["original"]} == strict
        promised = all(need["source"] == "commitment" for need in asks)
        assert material["kind"] == ("commitment" if promised else "evidence")


def is_asked(world: World, need: Record, its: Record, whose: str) -> bool:
    """Of a member's needs for one thing, those that nothing else answers."""
    return not (
        need["source"] == "register"
        or any(serves(world, h, need, whose) for h in world.held)
        or is_signed(world, need, its)
    )


def hours(time: Record) -> int:
    return time["value"] * (1 if time.get("unit") == "hour" else 8)


def the_promise_is_the_longest_way_and_the_order_is_valid(world: World, plan: Record) -> None:
    hours = {m["member"]: m["promise"]["value"] * 8 for m in plan["members"]}
    path = plan["promise"]["path"]
    assert plan["promise"]["working_hours"] == longest(plan) == sum(hours[key] for key in path)
    waits = {m["member"]: {w["member"] for w in m["waits_for"]} for m in plan["members"]}
    assert all(before in waits[after] for before, after in itertools.pairwise(path))
    seen: set[str] = set()
    for key, before in waits.items():
        assert before <= seen
        seen.add(key)


def whoever_is_waited_for_issues_it_or_stands_in_an_edge(world: World, plan: Record) -> None:
    members = selected(world)
    issued = {
        (key, by) for key, needs in fates(world).items() for _, why, by in needs if why == "issued"
    }
    ordered = {
        (after, before)
        for edge in world.record["edges"]
        for after, (m, _, _) in members.items()
        for before, (n, _, _) in members.items()
        if (m["member"], n["member"]) == (edge["to"], edge["from"])
    }
    waits = {(m["member"], w["member"]) for m in plan["members"] for w in m["waits_for"]}
    assert waits == issued | ordered
    for m in plan["members"]:
        for wait in m["waits_for"]:
            states = {
                need["waits_for"]
                for need, name, key in needs_of(world)
                if key == m["member"] and need["evidence"] == wait["evidence"]
                if (name, "issued", wait["member"]) in fates(world)[key]
            }
            assert wait["state"] == ("issued" if "issued" in states else "decided")


def the_plan_depends_on_the_facts_alone_and_the_wallet_removes_no_member(
    world: World, plan: Record
) -> None:
    answers = dict(reversed(world.answers.items()))
    again = compose(world.published, answers, reversed(world.held), commitments=world.chosen[::-1])
    assert orjson.dumps(again) == orjson.dumps(plan)
    bare = compose(world.published, world.answers)
    assert bare["members"] == plan["members"]
    assert {m["key"] for m in plan["materials"]} <= {m["key"] for m in bare["materials"]}


def before_and_after_are_honest_sums(world: World, plan: Record) -> None:
    before, after, members = plan["before"], plan["after"], selected(world)
    alone = {(key, name) for need, name, key in needs_of(world) if need["source"] != "register"}
    uses = {
        (key, use["field"])
        for key, (_, its, _) in members.items()
        for use in its["fields"]
        if CONDITIONS[use.get("when")](world.answers)
    }
    visits = [its.get("visits", 0) for _, its, _ in members.values()]
    assert before == {
        "members": len(members),
        "visits": sum(visits),
        "materials": len(alone),
        "fields": len(uses),
        "working_days": sum(its["promised"]["value"] for _, its, _ in members.values()),
    }
    assert after == {
        "visits": int(any(visits)),
        "materials": len(plan["materials"]),
        "fields": len(plan["form"]),
        "working_days": plan["promise"]["working_days"],
    }
    assert all(after[figure] <= before[figure] for figure in after)


def a_filing_of_exactly_what_is_asked_is_taken_and_each_gap_is_named(
    world: World, plan: Record
) -> None:
    form: Record = {}
    for f in plan["form"]:
        form[f["field"]] = world.answers.get(f["field"], "x")
        if f["type"] == "list":
            entries = world.answers["worker_count"] if f["entries"] is None else f["entries"]
            form[f["field"]] = [{"person_name": "x"}] * max(entries, f["entries"] is None)
    materials = {m["key"]: [] if m["kind"] == "commitment" else ["u"] for m in plan["materials"]}
    signed = [one for one in plan["commitments"] if one["chosen"]]
    assert set(check_filing(plan, form, materials, signed)) >= set(form) - {"workers"}
    must = [("form", f["field"]) for f in plan["form"] if f["required"] and f["field"] in PLAIN]
    must += [
        ("materials", m["key"])
        for m in plan["materials"]
        if m["kind"] == "commitment" or not m["deferrable"]
    ]
    for part, gap in must:
        parts: Record = {"form": dict(form), "materials": dict(materials)}
        del parts[part][gap]
        with pytest.raises(FilingIncomplete) as refused:
            check_filing(plan, **parts, signed=signed)
        assert [flaw.pointer for flaw in refused.value.errors] == [f"/{part}/{gap}"]
    for place in range(len(signed)):
        with pytest.raises(FilingIncomplete) as refused:
            check_filing(plan, form, materials, signed[:place] + signed[place + 1 :])
        assert [flaw.more["fault"] for flaw in refused.value.errors] == ["missing-signature"]


def a_dossier_holds_what_its_member_declares_and_no_other_entry(world: World, plan: Record) -> None:
    for key, (m, _, _) in selected(world).items():
        dossier, needs = dossier_fields(plan, key), fates(world)[key]
        assert set(dossier.materials) == {name for name, why, _ in needs if why == "asked"}
        assert {by for by, _ in dossier.issued} == {by for _, why, by in needs if why == "issued"}
        assert set(dossier.held) == {by for _, why, by in needs if why == "held"}
        for f in dossier.fields:
            own = m.get("repeat") and f.field == "workers"
            assert f.entry == (int(key.rpartition("-")[2]) if own else None)


CLAIMS = (
    each_need_is_met_once_and_in_the_right_way,
    nothing_is_asked_twice_and_nothing_that_is_issued_on_the_way,
    the_form_is_the_union_of_what_the_selected_members_ask,
    a_material_is_as_strict_as_its_strictest_user,
    the_promise_is_the_longest_way_and_the_order_is_valid,
    whoever_is_waited_for_issues_it_or_stands_in_an_edge,
    the_plan_depends_on_the_facts_alone_and_the_wallet_removes_no_member,
    before_and_after_are_honest_sums,
    a_filing_of_exactly_what_is_asked_is_taken_and_each_gap_is_named,
    a_dossier_holds_what_its_member_declares_and_no_other_entry,
)
