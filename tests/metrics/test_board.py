"""The board counts each card and each approval once, whatever the order in which it hears."""

import itertools
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import uuid_utils.compat

from services.contracts import (
    AcceptanceRefused,
    ApprovalDecided,
    ApprovalHandedOver,
    ApprovalOpened,
    ApprovalStopped,
    CardChanged,
    CardRaised,
    Duration,
)
from tests.alone import Alone, letter

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def about(department: str, approval: UUID | None = None) -> dict[str, Any]:
    return {
        "approval": approval or uuid4(),
        "application": uuid4(),
        "bundle": "shop",
        "member": "licence",
        "item": "licence-check",
        "department": department,
    }


def opened(of: dict[str, Any]) -> ApprovalOpened:
    return ApprovalOpened(**of, opened_at=NOW)


def decided(of: dict[str, Any]) -> ApprovalDecided:
    times = {"opened_at": NOW, "accepted_at": NOW, "decided_at": NOW}
    return ApprovalDecided(**of, **times, verdict="granted", promise=Duration(value=5))


def moved(of: dict[str, Any], to: str) -> ApprovalHandedOver:
    said = {name: of[name] for name in ("approval", "application", "member")}
    said |= {"from_department": of["department"], "department": to, "kind": "misrouted"}
    return ApprovalHandedOver(**said, reason_code="wrong-desk", handed_over_at=NOW)


def ends(of: dict[str, Any]) -> list[Any]:
    """One ending of each kind."""
    times = {"opened_at": NOW, "refused_at": NOW}
    refused = {"kind": "not_our_matter", "reason_code": "elsewhere"}
    return [
        decided(of),
        AcceptanceRefused(**of, **times, **refused),
        ApprovalStopped(**of, opened_at=NOW, stopped_at=NOW),
    ]


def raised(of: dict[str, Any], rule: str = "promise_overdue", **more: Any) -> CardRaised:
    said = {"rule": rule, "rule_version": 1, "colour": "red", "due_at": NOW, "raised_at": NOW}
    return CardRaised(card=uuid_utils.compat.uuid7(), **of, **said | more)


def changed(card: CardRaised, state: str, level: str = "desk") -> CardChanged:
    same = {name: getattr(card, name) for name in ("card", "approval", "application", "department")}
    return CardChanged(**same, state=state, level=level, changed_at=NOW)


def bureau(metrics: Alone) -> Any:
    return metrics.person("bureau", "li")


async def row(metrics: Alone, department: str) -> dict[str, Any]:
    found = await bureau(metrics).get("/board", params={"department": department})
    [one] = found["departments"]
    assert found["total"] == one | {"department": ""}
    return dict(one)


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_a_cards_story_counts_the_same_in_every_order(metrics: Alone, department: str, order):
    of = about(department)
    card = raised(of)
    story = [
        letter(card, 1),
        letter(changed(card, "open", "head"), 2),
        letter(changed(card, "appealed", "head"), 3),
        letter(changed(card, "lifted", "head"), 4),
    ]
    for n in order:
        await metrics.hear(story[n])
        await metrics.hear(story[n])
    counts = await row(metrics, department)
    assert (counts["red"], counts["lifted"], counts["open"], counts["appealed"]) == (0, 1, 0, 0)
    [case] = (await bureau(metrics).get("/board/cases", params={"department": department}))["items"]
    assert (case["state"], case["level"], case["rule"]) == ("lifted", "head", "promise_overdue")


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("first", ["opened", "ended"])
async def test_an_approval_is_open_until_it_ends(metrics: Alone, department: str, kind, first):
    still, over = about(department), about(department)
    told = [opened(over), ends(over)[kind]]
    await metrics.hear(opened(still))
    for event in told if first == "opened" else reversed(told):
        await metrics.hear(event)
    assert (await row(metrics, department))["open_approvals"] == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_an_approval_is_counted_where_it_lies_in_every_order(
    metrics: Alone, department: str, order
):
    """Sent on twice: nothing is left with whoever had it before."""
    of, after = about(department), f"{department}-after"
    between = of | {"department": f"{department}-between"}
    story = [letter(opened(of)), letter(moved(of, between["department"]), 3)]
    story.append(letter(moved(between, after), 5))

    for n in order:
        await metrics.hear(story[n])
        await metrics.hear(story[n])

    assert (await row(metrics, after))["open_approvals"] == 1
    for gone in (department, between["department"]):
        shown = await bureau(metrics).get("/board", params={"department": gone})
        assert shown["departments"] == []
    await metrics.hear(letter(decided(of | {"department": after}), 6))
    shown = await bureau(metrics).get("/board", params={"department": after})
    assert shown["departments"] == []


@pytest.mark.parametrize("first", ["moved", "ended"])
async def test_what_was_handed_over_and_ended_is_open_nowhere(
    metrics: Alone, department: str, first
):
    of, after = about(department), f"{department}-after"
    told = [letter(moved(of, after), 2), letter(decided(of | {"department": after}), 3)]

    for one in told if first == "moved" else reversed(told):
        await metrics.hear(one)
    await metrics.hear(opened(of))

    for whose in (department, after):
        shown = await bureau(metrics).get("/board", params={"department": whose})
        assert shown["departments"] == []
    figures = await bureau(metrics).get("/board", params={"bundle": of["bundle"]})
    assert after not in [one["department"] for one in figures["departments"]]


async def test_a_hand_over_before_the_opening_is_not_shown_yet(metrics: Alone, department: str):
    of, after = about(department), f"{department}-after"
    await metrics.hear(letter(moved(of, after), 2))
    assert (await bureau(metrics).get("/board", params={"department": after}))["departments"] == []

    await metrics.hear_at_once(letter(opened(of)), letter(moved(of, after), 2))

    assert (await row(metrics, after))["open_approvals"] == 1


async def test_a_red_card_stays_with_whose_time_it_was_and_the_approval_is_red_where_it_lies(
    metrics: Alone, department: str
):
    of, after = about(department), f"{department}-after"
    await metrics.hear(opened(of))
    await metrics.hear(raised(of))
    await metrics.hear(letter(moved(of, after), 2))

    before, now = await row(metrics, department), await row(metrics, after)

    assert (before["red"], before["open_approvals"], before["with_red"]) == (1, 0, 0)
    assert (now["red"], now["open_approvals"], now["with_red"]) == (0, 1, 1)


async def test_the_board_is_what_a_walk_over_the_events_says(metrics: Alone, department: str):
    chance, events, expected = random.Random(7), [], {"open": 0, "red": 0, "yellow": 0, "with": 0}
    for _ in range(40):
        of = about(department)
        events.append(letter(opened(of)))
        over = chance.random() < 0.4
        if over:
            events.append(letter(decided(of), 2))
        else:
            expected["open"] += 1
        reds = 0
        for rule, colour in (("near_deadline", "yellow"), ("promise_overdue", "red")):
            if chance.random() < 0.5:
                card = raised(of, rule, colour=colour)
                events.append(letter(card))
                state = chance.choice(["open", "appealed", "kept", "lifted", "settled"])
                if state != "open":
                    events.append(letter(changed(card, state), 2))
                if state in ("open", "appealed", "kept"):
                    expected[colour] += 1
                    reds += colour == "red"
        expected["with"] += bool(reds) and not over
    chance.shuffle(events)
    for one in events + chance.sample(events, 20):
        await metrics.hear(one)

    counts = await row(metrics, department)
    found = [counts[name] for name in ("open_approvals", "red", "yellow", "with_red")]
    assert found == [expected[name] for name in ("open", "red", "yellow", "with")]
    assert counts["red_share"] == f"{expected['with'] / expected['open']:.6f}"


async def test_events_at_once_count_once(metrics: Alone, department: str):
    of = about(department)
    cards = [raised(of, rule) for rule in ("promise_overdue", "legal_overdue")]
    said = [letter(opened(of)), *map(letter, cards), letter(changed(cards[0], "settled"), 2)]
    await metrics.hear_at_once(*said, *said)
    counts = await row(metrics, department)
    found = [counts[name] for name in ("open_approvals", "with_red", "red", "settled")]
    assert found == [1, 1, 1, 1]


async def test_persons_are_for_the_bureau_and_departments_for_themselves(
    metrics: Alone, department: str
):
    of = about(department)
    await metrics.hear(raised(of, person="wang"))
    await metrics.hear(raised(of, "legal_overdue"))
    officer, other = metrics.officer(department), metrics.officer("elsewhere")
    inspector = metrics.person("inspector", "sun")

    people = (await bureau(metrics).get("/board", params={"department": department}))["people"]
    assert [(one["person"], one["cards"], one["red"]) for one in people] == [
        ("wang", 1, 1),
        (None, 1, 1),
    ]
    for who in (officer, inspector):
        shown = await who.get("/board", params={"department": department})
        assert (shown["people"], len(shown["departments"])) == (None, 1)
        cases = await who.get("/board/cases", params={"department": department})
        assert [one["person"] for one in cases["items"]] == [None, None]
        assert (await who("GET", "/board/cases?person=wang")).status_code == 403
    assert [one["department"] for one in (await officer.get("/board"))["departments"]] == [
        department
    ]
    assert (await other.get("/board", params={"department": department}))["departments"] == []
    assert (await other.get("/board/cases"))["items"] == []
    assert (await metrics.citizen()("GET", "/board")).status_code == 403


async def test_a_number_opens_into_its_cases_page_by_page(metrics: Alone, department: str):
    cards = [raised(about(department)) for _ in range(3)]
    yellow = raised(about(department), "near_deadline", colour="yellow")
    await metrics.hear(*cards, yellow)
    asked = {"department": department, "colour": "red", "limit": 2}
    first = await bureau(metrics).get("/board/cases", params=asked)
    rest = await bureau(metrics).get("/board/cases", params=asked | {"cursor": first["next"]})
    found = [one["card"] for one in first["items"] + rest["items"]]
    assert found == sorted((str(one.card) for one in cards), reverse=True)
    assert rest["next"] is None
    assert first["items"][0]["explained"] == f"/api/cards/{found[0]}"
    wrong = await bureau(metrics)("GET", "/board/cases?cursor=x&colour=red")
    assert wrong.status_code == 422


async def test_a_change_of_a_card_not_heard_of_is_not_shown_yet(metrics: Alone, department: str):
    card = raised(about(department))
    await metrics.hear(letter(changed(card, "open", "head"), 2))
    found = await bureau(metrics).get("/board", params={"department": department})
    assert found["departments"] == []
    await metrics.hear(card)
    assert (await row(metrics, department))["red"] == 1
