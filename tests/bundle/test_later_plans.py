"""What a renewal, a change and a replacement ask, and what comes of them."""

from datetime import date, timedelta

import pytest

from tests.bundle.correcting import NAME
from tests.bundle.correcting import asked as correction
from tests.bundle.holding import END, holding, new_number, on, permit, permits
from tests.bundle.office import Office, decided, states
from tests.bundle.test_endings import PLACE, RENEWING
from tests.bundle.test_wallet import renewal

pytestmark = pytest.mark.usefixtures("in_spring")


async def test_a_renewal_asks_what_the_record_says_for_it_and_names_the_result(office: Office):
    one = await holding(office)

    plan = await one.try_plan("renewal")
    application = await one.filed("renewal")

    assert [asked["field"] for asked in plan["form"]] == ["shop_name"]
    assert plan["materials"] == [], "a floor plan of these premises is held"
    assert [(one["evidence"], one["why"]) for one in plan["not_asked"]] == [("floor-plan", "held")]
    assert plan["replaces"] == {"number": one.number, "kind": "renewal"}
    assert plan["name"] == "食品经营许可（延续）"
    assert states(application) == {"renewal": "requested"}
    told = await one.requested(application)
    assert told["replaces"] == {
        "number": one.number,
        "kind": "renewal",
        "valid_until": END.isoformat(),
        "deemed_consent": False,
        "at_once": False,
    }
    assert (told["item"], told["issues"]) == ("shop-permit", "shop-permit")
    assert told["holder"] == one.application["holder"]


async def test_a_plan_of_other_premises_does_not_serve(office: Office):
    one = await holding(office)
    await office.rows(
        "UPDATE evidence SET subject_index = 'elsewhere' WHERE party = :party"
        " AND evidence = 'floor-plan'",
        party=one.application["holder"],
    )

    plan = await one.try_plan("renewal")
    application = await one.filed("renewal")

    assert [asked["evidence"] for asked in plan["materials"]] == ["floor-plan"]
    rows = await office.rows(
        "SELECT subject_index FROM evidence WHERE application = CAST(:id AS uuid)",
        id=application["id"],
    )
    made = await office.rows(
        "SELECT subject_index FROM evidence WHERE result_number = :number", number=one.number
    )
    assert [row.subject_index for row in rows] == [row.subject_index for row in made]


async def test_a_change_of_premises_is_about_the_new_ones(office: Office):
    one = await holding(office)
    move = {"kind": "change", "fields": ["premises"], "evidence": ["floor-plan"]}
    await office.hear(permit([move]))
    plan = await one.try_plan("change")
    assert [asked["field"] for asked in plan["form"]] == ["premises"]
    filing = {
        "replaces": {"number": one.number, "kind": "change"},
        "plan": plan["digest"],
        "form": {"premises": "滨江路 9 号"},
        "materials": {m["key"]: [await office.upload(one.who)] for m in plan["materials"]},
    }

    application = await one.who.post("/applications", filing)
    made = one.following(application, "change")
    await office.hear(made)

    rows = await office.rows(
        "SELECT count(DISTINCT subject_index) AS things FROM evidence"
        " WHERE party = :party AND evidence = 'shop-permit'",
        party=application["holder"],
    )
    assert rows[0].things == 2


async def test_each_kind_has_its_own_promise_and_asks_its_own(office: Office):
    one = await holding(office)

    change = await one.try_plan("change")
    again = await one.try_plan("replacement")

    assert change["members"][0]["promise"] == {"value": 2, "unit": "working_day"}
    assert change["materials"] == []
    assert (again["form"], again["materials"]) == ([], [])
    assert len({change["digest"], again["digest"]}) == 2


async def test_a_replacement_repeats_the_content_and_nothing_is_examined(office: Office):
    one = await holding(office)
    application = await one.filed("replacement")
    assert (await one.requested(application))["replaces"]["at_once"] is True
    made = one.following(application, "replacement")

    await office.hear(decided(application, "replacement"), made)

    held = await permits(one.who)
    old, new = held[one.number], held[made.number]
    assert (old["replaced_by"], old["replaced_as"]) == (made.number, "replacement")
    assert new["replaced_by"] is None
    page = await one.who("GET", f"/wallet/{new['id']}/certificate")
    assert (page.status_code, "JY001" in page.text) == (200, True)
    gone = await one.who("GET", f"/wallet/{old['id']}/certificate")
    assert "已补发新证" in gone.text
    assert "已补发新证" not in page.text


async def test_the_new_one_is_tied_to_the_same_premises(office: Office):
    one = await holding(office)
    application = await one.filed("replacement")
    await office.hear(one.following(application, "replacement"))

    rows = await office.rows(
        "SELECT DISTINCT subject_index FROM evidence WHERE party = :party"
        " AND evidence = 'shop-permit'",
        party=application["holder"],
    )

    assert len(rows) == 1
    assert rows[0].subject_index


async def test_what_is_replaced_later_serves_until_its_day(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    follows = END + timedelta(days=1)
    until = END.replace(year=2035)
    made = one.following(application, "renewal", replaced_from=follows, valid_until=until)
    await office.hear(decided(application, "renewal"), made)
    old = (await permits(one.who))[one.number]

    before = await one.who("GET", f"/wallet/{old['id']}/certificate")
    on(office, follows)
    after = await one.who("GET", f"/wallet/{old['id']}/certificate")

    assert "已延续换发新证" not in before.text
    assert "已延续换发新证" in after.text


async def test_from_its_day_on_the_new_one_is_held_and_not_the_earlier_one(office: Office):
    await office.hear(renewal())
    await office.publish("renewing-later", RENEWING)
    one = await holding(office)
    application = await one.filed("change")
    day = date(2030, 5, 1)
    made = one.following(application, "change", replaced_from=day, number=new_number())
    await office.hear(decided(application, "change"), made)
    held = await permits(one.who)

    async def used() -> list[str]:
        plan = await office.planned(one.who, "renewing-later", PLACE)
        return [spared["by"] for spared in plan["not_asked"]]

    before = await used()
    on(office, day)
    after = await used()

    assert before == [held[one.number]["id"]]
    assert after == [held[made.number]["id"]]


async def test_what_is_asked_of_a_result_is_put_right_like_any_other_filing(office: Office):
    held = await holding(office)
    application = await held.filed("renewal")
    await office.hear(correction(application, "renewal", NAME))

    path = f"/applications/{application['id']}/corrections/renewal"
    answer = await held.who("PUT", path, json={"form": {"shop_name": "明月小馆二店"}})

    assert answer.status_code == 200, answer.text
    [told] = await office.told("bundle.dossier.amended", application=application["id"])
    assert told["because"] == "correction"
