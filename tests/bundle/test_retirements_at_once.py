"""A retirement and what happens at the same moment: decisions, filings, replicas."""

import asyncio
from datetime import timedelta

from services.bundle.retirements.actions import carry_out
from services.chassis.ticks import turn
from tests.bundle.closing import CANCELLED, REQUESTED, Shop, notices, today, told
from tests.bundle.office import Office, decided, issued, of, states


async def test_a_decision_that_crosses_the_retirement_stands_and_changes_no_outcome(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await shop.retire()

    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    await office.hear(decided(application, "licence"))

    licence = of(await office.progress(ada, application), "licence")
    assert (licence["state"], licence["late"]) == ("not_needed", "granted")
    held = [one["evidence"] for one in (await ada.get("/wallet"))["items"]]
    assert shop.code("licence-fact") in held


async def test_replicas_that_tick_at_once_amend_each_application_once(office: Office):
    shop = await Shop(office).open()
    people = [office.somebody() for _ in range(6)]
    filed = [await shop.filed(one) for one in people]
    await office.hear(shop.retired())

    await asyncio.gather(*(turn(office.app, carry_out) for _ in range(6)))
    await shop.pass_by(today())

    for one, application in zip(people, filed, strict=True):
        assert len(await told(office, REQUESTED, application)) == 3
        assert len(await told(office, CANCELLED, application)) == 1
        assert len(await notices(one, "amended")) == 1


async def test_an_answer_and_the_retirement_at_the_same_moment_agree(office: Office):
    """Either the grant came first and stands, or it came late; nobody waits for it in the end."""
    shop = await Shop(office).open()
    filed = [(one, await shop.filed(one)) for one in [office.somebody() for _ in range(6)]]
    await office.hear(shop.retired())

    said = [issued(application, "licence", shop.code("licence-fact")) for _, application in filed]
    await asyncio.gather(turn(office.app, carry_out), *(office.hear(one) for one in said))
    await shop.pass_by(today())

    for who, application in filed:
        view = await office.progress(who, application)
        assert states(view)["licence"] in ("granted", "not_needed")
        assert {states(view)[m] for m in ("permit", "fire")} == {"requested"}
        assert len(await told(office, REQUESTED, application)) == 3


async def test_a_filing_stored_just_after_the_first_round_is_seen_to_in_the_second(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    await office.hear(shop.retired(effective=today() + timedelta(days=2)))
    await shop.filed(office.somebody())
    day = today() + timedelta(days=2)
    for _ in range(2):  # the first round finds one, and ends
        await turn(office.app, at(day, carry_out))

    late = await shop.filed(ada)  # was planned the day before
    await shop.pass_by(day)

    assert (await office.states(ada, late))["licence"] == "not_needed"


def at(day, work):
    """`work`, as it is done at the first minute of that day in Shanghai."""

    async def done(tx, now):
        midnight = now.replace(hour=16, minute=0, second=1)
        return await work(tx, midnight.replace(year=day.year, month=day.month, day=day.day)
                          - timedelta(days=1))  # fmt: skip

    return done
