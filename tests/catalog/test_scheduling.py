"""A draft is published from a day: at once, later, not at all; and may be taken back."""

from datetime import date
from typing import Any

import pytest

from tests.alone import Alone
from tests.catalog.drafting import PUBLISHED, SOON, drafted, history, published
from tests.catalog.editing import TODAY, Calendar, field, named
from tests.platform import Person
from tests.refusals import problem


async def test_from_today_is_at_once(catalog: Alone, bureau: Person, calendar: Calendar):
    shown = await published(bureau, "today", named("今日"), str(TODAY))
    again = await bureau.put("/items/today/draft/publication", {"from": str(TODAY)})

    assert shown == again
    assert (shown["version"], shown["state"], shown["in_force_from"]) == (1, "in_force", str(TODAY))
    [told] = await catalog.told(PUBLISHED, code="today")
    assert told["item"]["in_force_from"] == str(TODAY)
    assert problem(await bureau("GET", "/items/today/draft")) == (404, "draft-unknown")


async def test_from_a_later_day_it_waits_and_is_told_when_that_comes(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await bureau.put("/items/later", named("旧"))

    shown = await published(bureau, "later", named("新"), SOON)

    assert (shown["version"], shown["state"]) == (None, "scheduled")
    assert await history(bureau, "later") == [("scheduled", "新"), ("in_force", "旧")]
    assert (await bureau.get("/items/later"))["in_force_until"] == SOON
    await calendar.tick(date(2026, 11, 30), 23)
    assert (await bureau.get("/items/later"))["record"]["name"] == "旧"
    assert len(await catalog.told(PUBLISHED, code="later")) == 1

    await calendar.tick(date(2026, 12, 1), 0)

    now = await bureau.get("/items/later")
    assert (now["record"]["name"], now["version"], now["in_force_from"]) == ("新", 2, SOON)
    assert await history(bureau, "later") == [("in_force", "新"), ("superseded", "旧")]
    [_, told] = await catalog.told(PUBLISHED, code="later")
    assert (told["version"], told["item"]["in_force_from"]) == (2, SOON)
    await calendar.tick(date(2026, 12, 2))
    assert len(await catalog.told(PUBLISHED, code="later")) == 2


async def test_an_item_may_begin_in_the_future(catalog: Alone, bureau: Person, calendar):
    await published(bureau, "unborn", named("将来"), SOON)

    assert (await bureau("GET", "/items/unborn")).status_code == 404
    assert problem(await bureau("GET", "/items/unborn?on=2026-11-30"))[0] == 404
    assert (await bureau.get(f"/items/unborn?on={SOON}"))["state"] == "scheduled"
    assert [state for state, _ in await history(bureau, "unborn")] == ["scheduled"]
    assert (await catalog.client.get("/items/unborn/versions")).status_code == 200


@pytest.mark.parametrize(
    ("day", "fault"),
    [("2026-11-23", "day-passed"), ("1999-01-01", "day-passed"), ("2126-11-24", "day-too-far")],
)
async def test_a_day_that_cannot_be_is_refused_by_name(
    bureau: Person, calendar: Calendar, day: str, fault: str
):
    await bureau("PUT", "/items/when/draft", json=named("何时"))

    answer = await bureau("PUT", "/items/when/draft/publication", json={"from": day})

    assert problem(answer) == (422, fault)
    assert answer.json()["errors"][0]["pointer"] == "/from"
    assert (await bureau.get("/items/when/draft"))["record"]["name"] == "何时"
    assert (await bureau("GET", "/items/when")).status_code == 404


@pytest.mark.parametrize("body", [{}, {"from": "soon"}, {"from": None}, {"from": SOON, "x": 1}])
async def test_a_publication_says_a_day_and_nothing_else(bureau: Person, body: dict[str, Any]):
    answer = await bureau("PUT", "/items/when/draft/publication", json=body)

    assert problem(answer) == (422, "malformed")


async def test_a_draft_may_be_wrong_but_is_not_published_so(bureau: Person, calendar: Calendar):
    wrong = named("错", department="nowhere", kind="99", legal={"value": 1})
    await drafted(bureau, "wrong-draft", wrong)

    for day in (str(TODAY), SOON):
        answer = await bureau("PUT", "/items/wrong-draft/draft/publication", json={"from": day})
        assert problem(answer) == (422, "record-faulty")
        pointers = sorted(one["pointer"] for one in answer.json()["errors"])
        assert pointers == ["/department", "/kind", "/promised"]
    assert await history(bureau, "wrong-draft") == [("draft", "错")]


async def test_nothing_is_published_from_no_draft(bureau: Person, calendar: Calendar):
    answer = await bureau("PUT", "/items/no-draft/draft/publication", json={"from": SOON})

    assert problem(answer) == (404, "draft-unknown")


async def test_a_draft_changed_meanwhile_is_not_published_unread(bureau: Person, calendar):
    read = (await drafted(bureau, "meanwhile", named("读过的"))).headers["etag"]
    await bureau.put("/items/meanwhile/draft", named("改过的"), headers={"if-match": read})

    path, old = "/items/meanwhile/draft/publication", {"if-match": read}
    answer = await bureau("PUT", path, json={"from": str(TODAY)}, headers=old)

    assert problem(answer) == (412, "draft-changed")
    assert (await bureau("GET", "/items/meanwhile")).status_code == 404


async def test_a_version_whose_day_has_come_is_not_taken_back(bureau: Person, calendar: Calendar):
    """Also before anybody got round to moving it over: whoever asks is shown it already."""
    await published(bureau, "come", named("今起"), SOON)
    calendar.at(date.fromisoformat(SOON))

    back = await bureau("DELETE", f"/items/come/scheduled/{SOON}")

    assert problem(back) == (404, "not-scheduled")
    shown = await bureau("GET", f"/items/come?on={SOON}")
    assert shown.json()["record"]["name"] == "今起"


async def test_a_day_has_one_version_and_it_can_be_taken_back(bureau: Person, calendar: Calendar):
    await published(bureau, "taken", named("先"), SOON)
    await drafted(bureau, "taken", named("后"))
    publication = "/items/taken/draft/publication"

    second = await bureau("PUT", publication, json={"from": SOON})
    in_the_way = await bureau("DELETE", f"/items/taken/scheduled/{SOON}")
    await bureau("DELETE", "/items/taken/draft")
    back = await bureau("DELETE", f"/items/taken/scheduled/{SOON}")
    again = await bureau("DELETE", f"/items/taken/scheduled/{SOON}")

    assert problem(second) == (409, "day-taken")
    assert problem(in_the_way) == (409, "draft-exists")
    assert (back.status_code, back.json()["record"]["name"]) == (200, "先")
    assert problem(again) == (404, "not-scheduled")
    assert await history(bureau, "taken") == [("draft", "先")]
    await calendar.tick(date(2026, 12, 2))
    assert (await bureau("GET", "/items/taken")).status_code == 404


@pytest.mark.parametrize(("change", "where"), [({"personal": True}, "/personal"), ({}, "/type")])
async def test_a_field_that_conditions_read_stays_readable(
    bureau: Person, calendar: Calendar, change: dict[str, Any], where: str
):
    await bureau.put("/fields/read", field(type="number"))
    need = {"fields": [{"field": "read", "when": "read > 1.0"}]}
    await bureau.put("/items/reader", named("现行", **need))
    await published(bureau, "reader-to-come", named("将来", **need), SOON)

    changed = field(type="number") | change if change else field(type="text")
    answer = await bureau("PUT", "/fields/read", json=changed)

    assert problem(answer) == (422, "record-faulty")
    [flaw] = answer.json()["errors"]
    assert (flaw["pointer"], flaw["fault"]) == (where, "conditions-broken")
    assert flaw["items"] == ["reader", "reader-to-come"]
    assert (await bureau.put("/fields/read", field(type="number", name="新名")))["version"] > 1
    for code in ("reader", "reader-to-come"):
        await bureau("DELETE", f"/items/{code}/scheduled/{SOON}")
        await bureau("DELETE", f"/items/{code}/draft")


async def test_a_code_that_a_scheduled_item_has_is_taken(bureau: Person, calendar: Calendar):
    codes = {"codes": [{"system": "task-code", "value": "S" * 36}]}
    await published(bureau, "first-claim", named("先", **codes), SOON)

    late = await bureau("PUT", "/items/late-claim", json=named("后", **codes))

    assert problem(late) == (422, "record-faulty")
    [flaw] = late.json()["errors"]
    assert (flaw["pointer"], flaw["item"]) == ("/codes/0/value", "first-claim")
