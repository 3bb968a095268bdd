"""What is filed already and not decided: shown, never filed a second time, never asked for."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import Held, NothingToDo, OpenFiling, compose
from tests.bundle.bundles import (
    Record,
    asked,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    published,
    waits,
)
from tests.bundle.counting import selected
from tests.bundle.worlds import BUSY, World, worlds


def shop(**more: Any) -> Any:
    """licence -> permit -> sign, and fire beside them."""
    known = catalogue(
        item("licence", issues="licence"),
        item("permit", issues="permit", requirements=[need("licence"), need("layout")]),
        item("sign", requirements=[need("permit")]),
        item("fire", requirements=[need("layout")], fields=[{"field": "address"}]),
        fields=(field("address"),),
        types=(evidence("licence"), evidence("permit"), evidence("layout")),
    )
    return published(bundle(*map(member, ("licence", "permit", "sign", "fire")), **more), known)


def open_(item_: str, application: str = "a-1", owner: str = "company") -> OpenFiling:
    return OpenFiling(item_, owner, application, item_)


def kept(plan: Record) -> tuple[list[str], list[str], list[str]]:
    """The members that are filed, open, and held back."""
    return tuple(
        [one["member"] for one in plan[part]] for part in ("members", "already_open", "held_back")
    )  # type: ignore[return-value]


def test_an_open_filing_is_shown_with_its_application_and_not_filed_again():
    plan = compose(shop(), {}, open_filings=[open_("fire")])

    assert kept(plan) == (["licence", "permit", "sign"], ["fire"], [])
    [shown] = plan["already_open"]
    assert (shown["application"], shown["open_member"]) == ("a-1", "fire")
    assert plan["before"]["members"] == 3


def test_who_needs_its_result_is_held_back_and_nobody_is_asked_for_it():
    plan = compose(shop(), {}, open_filings=[open_("licence")])

    assert kept(plan) == (["fire"], ["licence"], ["permit", "sign"])
    assert {one["member"]: one["waits_for"] for one in plan["held_back"]} == {
        "permit": ["licence"],
        "sign": ["permit"],
    }
    assert asked(plan) == ["layout:company"]
    assert [why["member"] for why in plan["materials"][0]["why"]] == ["fire"]


def test_what_the_wallet_holds_lets_the_others_go_on():
    wallet = (Held("h", "licence", "company", "A"),)

    plan = compose(shop(), {}, wallet, [open_("licence")])

    assert kept(plan) == (["permit", "fire", "sign"], ["licence"], [])


def test_an_explicit_order_holds_back_too():
    thing = shop(edges=[{"from": "fire", "to": "licence", "state": "decided"}])

    plan = compose(thing, {}, open_filings=[open_("fire")])

    assert kept(plan) == ([], ["fire"], ["licence", "permit", "sign"])


def test_when_all_is_open_nothing_is_left_and_that_is_no_error():
    everything = [open_(one) for one in ("licence", "permit", "sign", "fire")]

    plan = compose(shop(), {}, open_filings=everything)

    assert kept(plan) == ([], ["licence", "permit", "sign", "fire"], [])
    assert plan["promise"] == {"working_hours": 0, "working_days": 0, "path": []}


def test_somebody_elses_filing_stands_in_nobodys_way():
    plan = compose(shop(), {}, open_filings=[open_("fire", owner="applicant")])

    assert kept(plan)[1:] == ([], [])


def test_another_that_issues_the_same_is_waited_for_instead():
    known = catalogue(
        item("old-way", issues="licence"),
        item("new-way", issues="licence"),
        item("bank", requirements=[need("licence")]),
        types=(evidence("licence"),),
    )
    thing = published(bundle(*map(member, ("old-way", "new-way", "bank"))), known)

    plan = compose(thing, {}, open_filings=[open_("old-way")])

    assert waits(plan) == {"new-way": [], "bank": [("new-way", "issued")]}


def test_what_is_open_belongs_to_what_was_agreed_to():
    plans = [
        compose(shop(), {}, open_filings=filings)["digest"]
        for filings in ([], [open_("fire")], [open_("fire", "a-2")])
    ]

    assert len(set(plans)) == 3


@settings(BUSY, max_examples=150)
@given(worlds(), st.data())
def test_any_open_filings_leave_a_plan_that_is_whole(world: World, data: Any):
    members = selected(world)
    single = sorted(key for key, (m, _, _) in members.items() if not m.get("repeat"))
    chosen = data.draw(st.lists(st.sampled_from(single), unique=True)) if single else []
    filings = [OpenFiling(members[k][1]["code"], members[k][2], f"a-{k}", k) for k in chosen]
    try:
        plan = compose(world.published, world.answers, world.held, filings, world.chosen)
    except NothingToDo:
        return

    filed, shown, back = map(set, kept(plan))
    assert shown == set(chosen)
    assert filed | shown | back == set(members)
    assert len(filed) + len(shown) + len(back) == len(members)
    for key in shown | back:
        _, its, owner = members[key]
        assert {f"{its.get('issues')}:{owner}", f"{its.get('issues')}:anyone"}.isdisjoint(
            asked(plan)
        )
    seen: set[str] = set()
    for key, before in waits(plan).items():
        assert {other for other, _ in before} <= seen
        seen.add(key)
    for one in plan["held_back"]:
        assert one["waits_for"]
        assert set(one["waits_for"]) <= shown | back


@settings(BUSY, max_examples=50)
@given(worlds())
def test_without_open_filings_nobody_is_held_back(world: World):
    plan = compose(world.published, world.answers, world.held)

    assert kept(plan)[1:] == ([], [])
