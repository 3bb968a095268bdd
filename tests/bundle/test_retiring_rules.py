"""A retirement meets an application, by example: a sign permit (市容) that two others build on."""

from collections.abc import Mapping

from services.bundle.applications.rules import (
    Graph,
    Progress,
    Step,
    note_accepted,
    note_decided,
    note_issued,
    retire,
    start,
)

SIGN, FOOD, FIRE = "sign", "food", "fire"


def graph(**waits: list[tuple[str, str | None]]) -> Graph:
    return Graph.of(
        {
            "members": [
                {
                    "member": m,
                    "on_refusal": "continue",
                    "waits_for": [
                        {"member": w, "state": "issued", "evidence": e} for w, e in waits.get(m, [])
                    ],
                }
                for m in (SIGN, FOOD, FIRE)
            ]
        }
    )


NEEDS = graph(food=[(SIGN, "sign-permit")])
SPARED: Mapping[str, tuple[str, ...]] = {FOOD: ("sign-permit",)}


def states(progress: Progress) -> dict[str, str]:
    return {m: str(standing.state) for m, standing in progress.members.items()}


def retired(before: Step, spared: Mapping[str, tuple[str, ...]], of: Graph = NEEDS) -> Step:
    return retire(of, before.progress, spared, [SIGN])[1]


def test_what_waited_for_the_retired_permit_goes_to_its_desk_at_once():
    step = retired(start(NEEDS), SPARED)

    assert step.request == (FOOD,)
    assert [(c.member, c.reason) for c in step.cancel] == [(SIGN, "retired")]
    assert states(step.progress) == {SIGN: "not_needed", FOOD: "requested", FIRE: "requested"}


def test_a_desk_that_had_accepted_the_retired_item_has_lost_its_power_all_the_same():
    step = retired(note_accepted(NEEDS, start(NEEDS).progress, SIGN), SPARED)

    assert [(c.member, c.reason) for c in step.cancel] == [(SIGN, "retired")]


def test_a_decision_that_crosses_the_retirement_changes_nothing_more():
    after = retired(start(NEEDS), SPARED).progress

    assert note_decided(NEEDS, after, SIGN, "refused") == Step(after)
    assert note_issued(NEEDS, after, SIGN) == Step(after)


def test_a_grant_stands_and_whoever_waited_for_its_certificate_waits_no_more():
    granted = note_decided(NEEDS, start(NEEDS).progress, SIGN, "granted")

    step = retired(granted, SPARED)

    assert states(step.progress) == {SIGN: "granted", FOOD: "requested", FIRE: "requested"}
    assert not step.cancel


def test_where_the_law_keeps_asking_the_permit_goes_on_as_it_was_filed():
    step = retired(start(NEEDS), {})

    assert step == Step(step.progress)
    assert states(step.progress) == {SIGN: "requested", FOOD: "waiting", FIRE: "requested"}


def test_a_mere_order_keeps_nobody_waiting():
    ordered = graph(food=[(SIGN, None)])

    step = retired(start(ordered), {}, ordered)

    assert (step.request, states(step.progress)[SIGN]) == ((FOOD,), "not_needed")


def test_what_is_still_needed_of_others_is_still_waited_for():
    both = graph(food=[(SIGN, "sign-permit"), (FIRE, "fire-certificate")])

    less, step = retire(both, start(both).progress, SPARED, [SIGN])

    assert states(step.progress)[FOOD] == "waiting"
    assert note_issued(less, step.progress, FIRE).request == (FOOD,)


def test_where_all_was_retired_nothing_is_needed():
    alone = Graph.of({"members": [{"member": SIGN, "on_refusal": "stop", "waits_for": []}]})

    _, step = retire(alone, start(alone).progress, {}, [SIGN])

    assert step.outcome == "not_needed"


def test_the_rest_was_granted_so_the_application_was():
    progress = retired(start(NEEDS), SPARED).progress
    for m in (FOOD, FIRE):
        progress = note_decided(NEEDS, progress, m, "granted").progress

    assert progress.outcome == "granted"


def test_a_filing_goes_on_and_only_what_waited_for_its_licence_is_spared():
    """改备案: the item does not end, but nobody waits for a licence any more."""
    _, step = retire(NEEDS, start(NEEDS).progress, SPARED, [])

    assert states(step.progress) == {SIGN: "requested", FOOD: "requested", FIRE: "requested"}
