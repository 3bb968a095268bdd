"""Composition of any bundle against plain counting: nothing twice, nothing that is there."""

import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import (
    FilingIncomplete,
    Held,
    ItemVersion,
    Published,
    check_filing,
    compose,
    dossier_fields,
)
from services.bundle.composition.rules.graph import cycles, in_order
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    Record,
    bundle,
    evidence,
    field,
    item,
    member,
    published,
)

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

# Each condition beside what it means, written down a second time.
CONDITIONS: dict[str | None, Any] = {
    None: lambda a: True,
    "sure": lambda a: a["sure"],
    "!sure || size > 2.0": lambda a: not a["sure"] or a["size"] > 2,
    "worker_count >= 2": lambda a: a["worker_count"] >= 2,
    "kind in ['hot', 'cold']": lambda a: a["kind"] in ("hot", "cold"),
}
QUESTIONS = ("sure", "size", "worker_count", "kind")
PLAIN = tuple(f"field_{n}" for n in range(6))
FIELDS = (
    field("sure", "boolean"),
    field("size", "number"),
    field("worker_count", "integer", rule={"minimum": 0, "maximum": 3}),
    field(
        "kind", "choice", rule={"options": [{"value": v, "name": v} for v in ("hot", "cold", "no")]}
    ),
    field("workers", "list", of=["person_name"]),
    field("person_name"),
    *(field(code) for code in PLAIN),
)
REPEAT = {"count": "worker_count", "list": "workers"}
OUTSIDE = ("paper", "photo", "plan")
PROMISE = {"code": "promise", "version": 2, "text": "本人承诺属实。"}
KINDS = {"applicant": "person", "company": "enterprise", "worker": "person"}


@dataclass
class World:
    record: Record
    items: dict[str, Record]
    types: dict[str, Record]
    answers: Record
    held: tuple[Held, ...]
    chosen: tuple[tuple[str, str], ...] = ()

    @cached_property
    def published(self) -> Published:
        versions = {
            code: ItemVersion.from_record(
                {
                    "version": 1,
                    "item": one,
                    "fields": FIELDS,
                    "evidence_types": list(self.types.values()),
                }
            )
            for code, one in self.items.items()
        }
        return published(self.record, versions)


@st.composite
def worlds(draw):
    """Any bundle without circles: members need only what earlier ones issue, or outside papers."""
    count = draw(st.integers(1, 7))
    holders = [draw(st.sampled_from(sorted(KINDS))) for _ in range(count)]
    subject = st.sampled_from([None, "kind", "size"])
    types = {code: evidence(code, "enterprise", draw(subject)) for code in OUTSIDE}
    items, members, issued = {}, [], []
    for n, holder in enumerate(holders):
        # Two members may issue one and the same type: then either, or both, answer the need.
        same = [code for code, kind, last in issued if kind == KINDS[holder] and last == n - 1]
        issues = draw(st.sampled_from([None, f"result-{n}", *same]))
        known = [code for code, _, last in issued if code != issues]
        needs = draw(st.lists(requirements([*OUTSIDE, *known]), max_size=4))
        uses = draw(st.lists(field_uses(), max_size=4))
        if holder == "worker":
            uses.append({"field": "workers"})
        promised = draw(st.integers(0, 5))
        code = f"item-{n}"
        items[code] = item(code, promised, fields=uses, requirements=needs, issues=issues,
                           commitments=[PROMISE], visits=draw(st.integers(0, 2)))  # fmt: skip
        repeat = REPEAT if holder == "worker" else None
        when = draw(st.sampled_from(list(CONDITIONS)))
        members.append(member(f"m-{n}", holder, item=code, when=when, repeat=repeat))
        if issues:
            types[issues] = types.get(issues) or evidence(issues, KINDS[holder], draw(subject))
            issued = [entry for entry in issued if entry[0] != issues]
            issued.append((issues, KINDS[holder], n))
    items["asks-all"] = item("asks-all", fields=[{"field": q} for q in (*QUESTIONS, "workers")])
    members.append(member("asks-all"))
    edges = [
        {"from": f"m-{a}", "to": f"m-{b}", "state": "decided"}
        for a, b in draw(
            st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), max_size=3, unique=True)
        )
        if a < b
    ]
    record = bundle(
        *members, questions=QUESTIONS, edges=edges, parties=[APPLICANT, COMPANY, WORKER]
    )
    answers = {
        "sure": draw(st.booleans()),
        "size": draw(st.sampled_from([1.0, 2.5])),
        "worker_count": draw(st.integers(0, 3)),
        "kind": draw(st.sampled_from(["hot", "cold", "no"])),
    }
    wallet = tuple(draw(wallets(sorted(types))))
    chosen = draw(st.lists(st.sampled_from([f"item-{n}" for n in range(count)]), unique=True))
    return World(record, items, types, answers, wallet, tuple((code, "promise") for code in chosen))


def requirements(codes):
    return st.fixed_dictionaries(
        {
            "evidence": st.sampled_from(codes),
            "when": st.sampled_from(list(CONDITIONS)),
            "source": st.sampled_from(["applicant", "item", "register", "commitment"]),
            "whose": st.sampled_from(["holder", "applicant", "anyone"]),
            "lowest_trust": st.sampled_from("ABCD"),
            "waits_for": st.sampled_from(["decided", "issued"]),
            "deferrable": st.booleans(),
            "deferral": st.sampled_from([None, {"value": 3}, {"value": 20, "unit": "hour"}]),
            "commitment": st.sampled_from([None, None, "promise"]),
        }
    )


def field_uses():
    return st.fixed_dictionaries(
        {
            "field": st.sampled_from([*PLAIN, "sure", "workers"]),
            "required": st.booleans(),
            "when": st.sampled_from(list(CONDITIONS)),
        }
    )


def wallets(codes):
    owners = ["applicant", "company", "worker[1]", "worker[2]", "worker[3]"]
    one = st.builds(
        Held,
        id=st.uuids().map(str),
        evidence=st.sampled_from(codes),
        owner=st.sampled_from(owners),
        trust=st.sampled_from("ABCD"),
        subject=st.sampled_from([None, "hot", "cold", 1.0, 2.5]),
    )
    return st.lists(one, max_size=6)


# --- plain counting -------------------------------------------------------------------------------


def selected(world: World) -> dict[str, tuple[Record, Record, str]]:
    """Key -> (member, item, owner), by reading the rules aloud."""
    found = {}
    for m in world.record["members"]:
        if not CONDITIONS[m.get("when")](world.answers):
            continue
        if m.get("repeat"):
            for n in range(world.answers["worker_count"]):
                found[f"{m['member']}-{n + 1}"] = (m, world.items[m["item"]], f"worker[{n + 1}]")
        else:
            found[m["member"]] = (m, world.items[m["item"]], m["holder"])
    return found


def fates(world: World) -> dict[str, set[tuple[str, str, str | None]]]:
    """Member -> what becomes of each of its needs: (key, how, by).

    How: issued, register, held, signed or asked.
    """
    members = selected(world)
    result: dict[str, set[tuple[str, str, str | None]]] = {key: set() for key in members}
    for need, name, key in needs_of(world):
        whose = name.rpartition(":")[2]
        makers = [
            other
            for other, (_, made, to) in members.items()
            if made.get("issues") == need["evidence"] and whose in (to, "anyone")
        ]
        good = [h for h in world.held if serves(world, h, need, whose)]
        if makers:
            result[key] |= {(name, "issued", maker) for maker in makers}
        elif need["source"] == "register":
            result[key].add((name, "register", None))
        elif good:
            result[key].add((name, "held", min(good, key=lambda h: (h.trust, h.id)).id))
        elif is_signed(world, need, members[key][1]):
            result[key].add((name, "signed", "promise"))
        else:
            result[key].add((name, "asked", None))
    return result


def is_signed(world: World, need: Record, its: Record) -> bool:
    chosen = need["source"] == "commitment" or (its["code"], "promise") in world.chosen
    return need["commitment"] is not None and chosen


def needs_of(world: World) -> list[tuple[Record, str, str]]:
    """(requirement, material key, member) of all that is needed under these answers."""
    return [
        (need, f"{need['evidence']}:{owner if need['whose'] == 'holder' else need['whose']}", key)
        for key, (_, its, owner) in selected(world).items()
        for need in its.get("requirements", [])
        if CONDITIONS[need["when"]](world.answers)
    ]


def serves(world: World, one: Held, need: Record, whose: str) -> bool:
    about = world.types[need["evidence"]]["subject_field"]
    return (
        one.evidence == need["evidence"]
        and whose in (one.owner, "anyone")
        and "ABCD".index(one.trust) <= "ABCD".index(need["lowest_trust"])
        and (about is None or one.subject == world.answers[about])
    )


def longest(plan: Record) -> int:
    """Every way through the graph, walked one by one."""
    waits = {m["member"]: {w["member"] for w in m["waits_for"]} for m in plan["members"]}
    days = {m["member"]: m["promise"]["value"] for m in plan["members"]}

    def back(key: str) -> int:
        return days[key] + max((back(before) for before in waits[key]), default=0)

    return max(map(back, waits)) * 8


# --- claims: each holds for every bundle, every answer and every wallet ---------------------------


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


@settings(BUSY, max_examples=150)
@given(worlds())
def test_every_claim_holds_for_any_bundle_any_answers_and_any_wallet(world):
    """One draw for all claims: drawing a bundle is dearer than checking it."""
    plan = compose(world.published, world.answers, world.held, commitments=world.chosen)
    for claim in CLAIMS:
        claim(world, plan)


@settings(BUSY, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_a_graph_has_circles_or_an_order_and_each_circle_told_is_one(pairs):
    nodes = [str(n) for n in range(6)]
    after = {a: [str(y) for x, y in pairs if str(x) == a] for a in nodes}
    before = {b: [a for a in nodes if b in after[a]] for b in nodes}
    circles = list(cycles(after))
    for circle in circles:
        assert circle[0] == circle[-1]
        assert all(b in after[a] for a, b in itertools.pairwise(circle))

    reach = {a: set(after[a]) for a in nodes}
    for _ in nodes:
        reach = {a: reach[a].union(*(reach[b] for b in reach[a])) for a in nodes}
    assert bool(circles) == any(a in reach[a] for a in nodes)
    if circles:
        with pytest.raises(ValueError, match="circle"):
            in_order(before)
    else:
        order = in_order(before)
        assert sorted(order) == nodes
        assert all(order.index(a) < order.index(b) for b in nodes for a in before[b])
