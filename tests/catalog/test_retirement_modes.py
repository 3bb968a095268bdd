"""Not only abolished: an item becomes a filing, or asks less and goes on."""

import pytest

from tests.alone import Alone
from tests.catalog.editing import Calendar, item
from tests.catalog.signs import DAY, LAW, RETIRED, Signs, faults, faults_of


async def test_a_filing_goes_on_at_once_and_issues_no_licence(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    answer = await signs.retire(signs.body("filing"))
    assert answer.status_code == 200, answer.text
    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.sign}"))["record"]
    assert (record["kind"], record["accepts"], record["handling"]) == ("10", "automatic", "instant")
    assert (record["promised"]["value"], record["issues"]) == (0, None)
    assert await signs.asks(signs.food) == []
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["mode"], told["evidence"]) == ("filing", signs.paper)
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [one["state"] for one in shown["items"]] == ["in_force", "superseded"]


async def test_a_described_filing_is_a_filing(signs: Signs):
    licence = item(issues=signs.paper, requirements=[{"evidence": signs.licence}], visits=2)

    answer = await signs.retire(signs.body("filing", becomes=licence))

    assert faults(answer) == {
        ("/becomes/promised", "filing-not-instant"),
        ("/becomes/issues", "filing-issues-licence"),
        ("/becomes/requirements/0", "asks-more"),
        ("/becomes/visits", "more-visits"),
        *((f"/dispositions/{code}", "nothing-ends") for code in (signs.food, signs.fire)),
    }


async def test_an_optimised_item_asks_less_and_goes_on_issuing(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    lighter = item(issues=signs.paper, promised={"value": 1, "unit": "working_day"})

    answer = await signs.retire(signs.body("optimised", becomes=lighter, dispositions={}))
    assert answer.status_code == 200, answer.text
    await calendar.tick(DAY)

    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["evidence"], told["no_longer_asks"]) == (None, [signs.plan])
    assert len(await signs.asks(signs.food)) == 1
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["record"]["requirements"] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"requirements": [{"evidence": "plan", "lowest_trust": "A"}]}, "asks-more"),
        ({"promised": {"value": 9, "unit": "working_day"}, "requirements": []}, "slower"),
        ({"requirements": [{"evidence": "plan"}, {"evidence": "licence"}]}, "asks-more"),
        ({}, "changes-nothing"),
    ],
)
async def test_an_optimisation_that_asks_more_or_changes_nothing_is_none(
    signs: Signs, change: dict, fault: str
):
    plain = [{"evidence": "plan", "legal_basis": LAW}]
    wanted = {"issues": signs.paper, "requirements": plain} | change
    wanted["requirements"] = [
        one | {"evidence": getattr(signs, one["evidence"])} for one in wanted["requirements"]
    ]

    answer = await signs.retire(signs.body("optimised", becomes=item(**wanted), dispositions={}))

    assert {name for _, name in faults(answer)} == {fault}


async def test_an_optimisation_says_what_the_item_becomes(signs: Signs):
    answer = await signs.retire(signs.body("optimised", dispositions={}))

    assert ("/becomes", "becomes-missing") in faults(answer)


async def test_what_an_item_becomes_must_make_sense_itself(signs: Signs):
    lighter = item(issues=signs.paper, department="nowhere")

    answer = await signs.retire(signs.body("optimised", becomes=lighter, dispositions={}))

    assert faults(answer) == {("/becomes/department", "unknown-code")}


async def test_a_filing_does_not_become_a_licence_again(signs: Signs, calendar: Calendar):
    await signs.retire(signs.body("filing"))
    await calendar.tick(DAY)

    answer = await signs.bureau("PUT", f"/items/{signs.sign}", json=item(issues=signs.paper))

    assert faults_of(answer) == {"issues-what-ended"}
