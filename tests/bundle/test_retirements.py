"""The day of a retirement: applications under way are asked for less, once, and none is stuck."""

from datetime import timedelta

import pytest

from tests.alone import letter
from tests.bundle.closing import (
    AMENDED,
    CANCELLED,
    COMPLETED,
    FIRE,
    LICENCE,
    PERMIT,
    REQUESTED,
    Shop,
    notices,
    today,
    told,
)
from tests.bundle.office import Office, accepted, decided, issued, of, states


async def test_a_desk_is_told_what_it_must_no_longer_ask(office: Office):
    """The floor plan was handed in and the licence issued; then the licence is abolished."""
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.hear(issued(application, "licence", shop.code("licence-fact")))

    await shop.retire(dispositions={PERMIT: "drop", FIRE: "register"})

    amended = {one["member"]: one for one in await told(office, AMENDED, application)}
    assert set(amended) == {"permit", "fire"}
    assert amended["permit"]["retired"] == shop.code(LICENCE)
    assert amended["permit"]["department"] == "health"
    [spared] = amended["permit"]["spared"]
    assert (spared["evidence"], spared["instead"]) == (shop.code("licence-fact"), "nothing")
    [looked_up] = amended["fire"]["spared"]
    assert (looked_up["instead"], looked_up["register_name"]) == ("register", "登记系统")
    assert not await told(office, CANCELLED, application), "what is decided stays decided"


async def test_what_waited_for_it_is_requested_at_once_and_the_retired_member_falls_away(
    office: Office,
):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)

    await shop.retire()

    view = await office.progress(ada, application)
    assert states(view) == {"licence": "not_needed", "permit": "requested", "fire": "requested"}
    [ended] = await told(office, CANCELLED, application)
    assert (ended["member"], ended["reason"]) == ("licence", "retired")
    asked = {one["member"]: one for one in await told(office, REQUESTED, application)}
    assert [one["evidence"] for one in asked["permit"]["spared"]] == [shop.code("licence-fact")]
    assert asked["permit"]["relies_on"] == []
    assert not await told(office, AMENDED, application), "their desks heard it with the request"

    await office.hear(decided(application, "permit"), decided(application, "fire"))
    [completed] = await told(office, COMPLETED, application)
    assert completed["outcome"] == "granted"
    assert {one["member"]: one["state"] for one in completed["members"]}["licence"] == "not_needed"


async def test_before_its_day_nothing_changes_and_on_the_day_all_does(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    tomorrow = today() + timedelta(days=1)
    await office.hear(shop.retired(effective=tomorrow))

    await shop.pass_by(today())
    assert (await office.states(ada, application))["licence"] == "requested"

    await shop.pass_by(tomorrow)
    assert (await office.states(ada, application))["licence"] == "not_needed"


async def test_a_retirement_taken_back_before_its_day_never_comes(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    tomorrow = today() + timedelta(days=1)

    back = shop.retired(effective=tomorrow, version=2, withdrawn=True)
    await office.hear(letter(back, 2))
    await office.hear(letter(shop.retired(effective=tomorrow), 1))
    await shop.pass_by(tomorrow)

    view = await office.progress(ada, application)
    assert states(view) == {"licence": "requested", "permit": "waiting", "fire": "waiting"}


async def test_where_the_law_keeps_asking_everything_goes_on_as_it_was_filed(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)

    await shop.retire(dispositions={PERMIT: "keep", FIRE: "drop"})

    view = await office.progress(ada, application)
    assert states(view) == {"licence": "requested", "permit": "waiting", "fire": "requested"}
    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    assert (await office.states(ada, application))["permit"] == "requested"


async def test_nobody_who_has_filed_is_asked_to_sign_what_others_sign_from_now_on(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    before = await ada.get(f"/applications/{application['id']}")

    await shop.retire(mode="commitment", dispositions={PERMIT: "commitment", FIRE: "commitment"})

    after = await ada.get(f"/applications/{application['id']}")
    assert states(after)["permit"] == "requested"
    assert of(after, "permit")["spared"][0]["instead"] == "nothing"
    assert after["materials"] == before["materials"]
    assert after["open_choices"] == []


@pytest.mark.parametrize("mode", ["filing", "optimised"])
async def test_what_becomes_a_filing_goes_on_and_others_wait_for_its_licence_no_more(
    office: Office, mode: str
):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)

    await shop.retire(mode=mode)

    view = await office.progress(ada, application)
    assert states(view) == {"licence": "requested", "permit": "requested", "fire": "requested"}


async def test_an_item_made_lighter_spares_its_own_applicants_too(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    plan = shop.code("floor-plan")

    await shop.retire(
        PERMIT, mode="optimised", evidence=None, dispositions={}, no_longer_asks=(plan,)
    )

    [amended] = await told(office, AMENDED, application)
    assert (amended["member"], amended["spared"][0]["evidence"]) == ("permit", plan)


async def test_the_dossier_shows_the_desk_no_more_what_it_must_not_judge_by(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    licence = await office.issue(
        application, "licence", {"shop_name": "清风小馆"}, evidence=shop.code("licence-fact")
    )
    await office.hear(licence)
    health = office.officer("health")
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    before = {one["evidence"] for one in (await health.get(path))["evidence"]}
    assert before == {shop.code("licence-fact"), shop.code("floor-plan")}

    await shop.retire(dispositions={PERMIT: "register", FIRE: "drop"})

    after = await health.get(path)
    assert [one["evidence"] for one in after["evidence"]] == [shop.code("floor-plan")]
    assert after["registers"] == [shop.code("licence-fact")]
    assert after["spared"][0]["retired"] == shop.code(LICENCE)


async def test_a_desk_that_accepted_it_is_told_that_it_has_lost_the_power(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.hear(accepted(application, "licence"))

    await shop.retire()

    [ended] = await told(office, CANCELLED, application)
    assert ended["reason"] == "retired"


async def test_an_application_all_of_whose_items_were_retired_is_not_needed(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada, {"area": 20.0, "premises": "朝阳路 1 号"})
    await shop.retire(dispositions={PERMIT: "drop"})

    await shop.retire(PERMIT, dispositions={})

    [completed] = await told(office, COMPLETED, application)
    assert completed["outcome"] == "not_needed"
    assert (await office.progress(ada, application))["outcome"] == "not_needed"


async def test_the_applicant_is_told_once_in_one_notice(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)

    await shop.retire()
    await shop.pass_by(today())

    [notice] = await notices(ada, "amended")
    fact = shop.code("licence-fact")
    assert notice["application"] == application["id"]
    assert notice["facts"] == {
        "retired": shop.code(LICENCE),
        "mode": "cancelled",
        "effective": today().isoformat(),
        "spared": {"permit": [fact], "fire": [fact]},
        "not_needed": ["licence"],
    }
    [event] = [
        one
        for one in await office.told("bundle.notice.issued", application=application["id"])
        if one["kind"] == "amended"
    ]
    assert event["notice"] == notice["id"]


async def test_who_is_not_concerned_hears_nothing(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    small = await shop.filed(ada, {"area": 20.0, "premises": "朝阳路 1 号"})
    before = await office.progress(ada, small)

    await shop.retire(FIRE, dispositions={})

    assert await office.progress(ada, small) == before
    assert not await notices(ada, "amended")


async def test_what_a_department_has_decided_is_not_amended(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    await office.hear(decided(application, "permit"))

    await shop.retire()

    assert [one["member"] for one in await told(office, AMENDED, application)] == ["fire"]
    assert of(await office.progress(ada, application), "permit")["spared"] == []


async def test_a_settled_application_stays_as_it_is(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await ada.put(f"/applications/{application['id']}/withdrawal")
    before = await office.progress(ada, application)

    await shop.retire()

    assert await office.progress(ada, application) == before


async def test_applications_filed_before_graphs_knew_evidence_are_spared_just_the_same(
    office: Office,
):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.rows(
        "UPDATE application SET graph = jsonb_set(graph, '{waits,permit}',"
        ' \'[["licence","issued"]]\') WHERE id = :id RETURNING 1',
        id=application["id"],
    )

    await shop.retire(dispositions={PERMIT: "keep", FIRE: "drop"})

    assert (await office.states(ada, application))["licence"] == "requested", "permit asks for it"
