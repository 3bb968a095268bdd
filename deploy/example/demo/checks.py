"""Compares what the platform answered with what must come out of a filing."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from deploy.example.demo import expectations, numbers
from deploy.example.demo.door import Door
from deploy.example.demo.journey import Journey

LATE = 10.0
"""Seconds that a certificate may follow its decision."""
READERS = {"start-company": "tax", "newborn": "insurance-enrolment"}
"""A member whose desk, served by the demo, reads the number of whoever was born."""


class Wrong(Exception):
    """The filing cannot go on: what the platform answered is not what it should."""


def check_plan(journey: Journey) -> None:
    """Members, order, materials and figures; a wrong plan is not filed."""
    plan, expected = journey.plan, journey.expected
    assert expected
    waits = {
        member["member"]: {wait["member"]: wait["state"] for wait in member["waits_for"]}
        for member in plan["members"]
    }
    pairs: dict[str, tuple[Any, Any]] = {
        "members and their order": (waits, expected.waits),
        "materials asked": ({m["key"] for m in plan["materials"]}, set(expected.materials)),
        "left out": ({one["member"] for one in plan["left_out"]}, set(expected.left_out)),
        "figures before": (plan["before"], expected.before),
        "figures after": (plan["after"], expected.after),
    }
    wrong = [
        f"{what}: {difference(said, wanted)}"
        for what, (said, wanted) in pairs.items()
        if said != wanted
    ]
    if wrong:
        raise Wrong("; ".join(wrong))


def difference(said: Any, wanted: Any) -> str:
    """Only what differs, for a person to read."""
    if isinstance(said, set):
        return f"too much {sorted(said - wanted)}, missing {sorted(wanted - said)}"
    keys = [key for key in {**wanted, **said} if said.get(key) != wanted.get(key)]
    return ", ".join(f"{key} is {said.get(key)}, expected {wanted.get(key)}" for key in keys)


async def check_end(journey: Journey, door: Door, owner: Door) -> None:
    """Outcome, members and reasons as worked out, and the certificates where they belong.

    `owner` is the applicant's own login, which sees the wallets; an agent's does not.
    """
    outcome = journey.outcome
    await journey.note(await door.get(f"applications/{journey.application}/progress"))
    if journey.outcome != outcome:
        journey.wrong(f"the outcome changed from {outcome} to {journey.outcome}")
    if journey.at_withdrawal is not None:
        _check_withdrawn(journey)
    else:
        _check_states(journey)
    _check_number(journey)
    await _check_wallets(journey, door, owner)


def _check_states(journey: Journey) -> None:
    filing, expected = journey.filing, journey.expected
    assert expected
    single = [filing.withdraw] if filing.withdraw not in (None, "*") else []
    outcome, states = expectations.ending(
        expected, filing.refused, single, filing.stopped, filing.fallen
    )
    if journey.outcome != outcome:
        journey.wrong(f"outcome {journey.outcome}, expected {outcome}")
    for member, wanted in states.items():
        if journey.states.get(member) != wanted:
            journey.wrong(f"{member} is {journey.states.get(member)}, expected {wanted}")
    if journey.reasons != filing.refused:
        journey.wrong(f"reasons {journey.reasons}, expected {filing.refused}")


def _check_withdrawn(journey: Journey) -> None:
    """What was settled when the withdrawal came stays; the rest is withdrawn; nothing changes."""
    assert journey.expected
    if journey.outcome != "withdrawn":
        journey.wrong(f"outcome {journey.outcome}, expected withdrawn")
    if not expectations.may_end_withdrawn(journey.expected, journey.states):
        journey.wrong(f"a withdrawal cannot leave this: {journey.states}")
    if journey.states != journey.at_withdrawal:
        journey.wrong(f"withdrawn as {journey.at_withdrawal}, later {journey.states}")


def _check_number(journey: Journey) -> None:
    """Whoever was born has the number that its authority gives; a later desk has read it."""
    number = numbers.born_number(journey.filing.bundle, journey.form)
    reader = READERS.get(journey.filing.bundle)
    if reader and journey.states.get(reader) == "granted" and journey.number != number:
        journey.wrong(f"the number of the holder is {journey.number}, expected {number}")


async def _check_wallets(journey: Journey, door: Door, owner: Door) -> None:
    """Each certificate lies in the wallet of its holder, however late it was made."""
    application = await door.get(f"applications/{journey.application}")
    missing = set(_issued(journey, application["parties"]))
    deadline = time.monotonic() + LATE
    while missing and time.monotonic() < deadline:
        for party in {party for party, _ in missing}:
            page = await owner.get("wallet", params={"holder": party, "limit": 100})
            missing -= {(one["party"], one["evidence"]) for one in page["items"]}
        if missing:
            await asyncio.sleep(0.2)
    for _, evidence in sorted(missing):
        journey.wrong(f"{evidence} is not in its holder's wallet")


def _issued(journey: Journey, parties: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Party and evidence of every certificate, for the holders whose wallet the applicant sees:
    their own, and that of whoever was born of a filing of theirs."""
    assert journey.expected
    filing = journey.filing
    seen = {"applicant", "child"} if filing.company else {"applicant", "child", "company"}
    for member in journey.expected.members:
        issues = member.item.get("issues")
        granted = journey.states.get(member.key) == "granted" or member.key in journey.late
        if issues and member.owner in seen and granted:
            yield parties[member.owner], issues
