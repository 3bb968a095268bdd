"""Draft, scheduled, in force, superseded, retired: an item's life, day by day."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

import services.catalog.main
from services.catalog.records.publishing import come_into_force
from services.chassis import ticks
from tests.alone import Alone
from tests.catalog.conftest import TODAY, Calendar, field, named
from tests.platform import Person, eventually

PUBLISHED = "catalog.item.published"
SOON = "2026-12-01"


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def drafted(bureau: Person, code: str, record: dict[str, Any]) -> httpx.Response:
    answer = await bureau("PUT", f"/items/{code}/draft", json=record)
    assert answer.status_code == 200, answer.text
    return answer


async def published(bureau: Person, code: str, record: dict[str, Any], day: str) -> Any:
    await drafted(bureau, code, record)
    return await bureau.put(f"/items/{code}/draft/publication", {"from": day})


async def history(who: Person, code: str) -> list[tuple[str, str]]:
    page = await who.get(f"/items/{code}/versions")
    return [(one["state"], one["record"]["name"]) for one in page["items"]]


async def test_a_draft_is_the_bureaus_own_business(catalog: Alone, bureau: Person, calendar):
    await drafted(bureau, "quiet", named("草稿"))

    for path in ("/items/quiet", "/items/quiet/versions", "/items/quiet?on=2027-01-01"):
        assert (await catalog.client.get(path)).status_code == 404, path
    assert (await catalog.client.get("/items/quiet/draft")).status_code == 401
    assert (await catalog.officer("market")("GET", "/items/quiet/draft")).status_code == 403
    assert (await catalog.officer("market")("GET", "/items/quiet/versions")).status_code == 404
    assert await history(bureau, "quiet") == [("draft", "草稿")]
    assert (await bureau.get("/items/quiet/draft"))["record"]["name"] == "草稿"
    assert await catalog.told(PUBLISHED, code="quiet") == []


async def test_a_token_that_is_wrong_is_refused_even_where_none_is_needed(catalog: Alone):
    headers = {"authorization": "Bearer nonsense"}

    answer = await catalog.client.get("/items/quiet/versions", headers=headers)

    assert answer.status_code == 401


async def test_of_two_editors_the_second_hears_what_to_do(bureau: Person, catalog: Alone):
    other = catalog.person("bureau", "zhao")
    first = await drafted(bureau, "shared", named("第一稿"))
    read = {"if-match": first.headers["etag"]}

    mine = await bureau("PUT", "/items/shared/draft", json=named("李的稿"), headers=read)
    theirs = await other(
        "PUT",
        "/items/shared/draft",
        json=named("赵的稿"),
        headers=read | {"accept-language": "en"},
    )

    assert mine.status_code == 200
    assert problem(theirs) == (412, "draft-changed")
    assert mine.headers["etag"] in theirs.json()["detail"]
    assert "Read the draft again" in theirs.json()["detail"]
    kept = await other("GET", "/items/shared/draft")
    assert kept.json()["record"]["name"] == "李的稿"
    merged = {"if-match": kept.headers["etag"]}
    assert (
        await other("PUT", "/items/shared/draft", json=named("合稿"), headers=merged)
    ).is_success


async def test_whoever_has_read_nothing_overwrites_nothing(bureau: Person):
    record = named("已有的稿")
    first = await drafted(bureau, "blind", record)

    again = await bureau("PUT", "/items/blind/draft", json=record)
    blind = await bureau("PUT", "/items/blind/draft", json=named("另一稿"))

    assert again.headers["etag"] == first.headers["etag"]
    assert problem(blind) == (412, "draft-changed")
    unread = {"if-match": "*"}
    answer = await bureau("PUT", "/items/unseen/draft", json=record, headers=unread)
    assert answer.status_code == 412
    assert (await bureau("GET", "/items/unseen/draft")).status_code == 404


async def test_of_eight_first_drafts_at_once_one_is_kept(bureau: Person):
    answers = await asyncio.gather(
        *(bureau("PUT", "/items/rush/draft", json=named(f"第 {n} 稿")) for n in range(8))
    )

    assert sorted(one.status_code for one in answers) == [200] + [412] * 7


async def test_an_etag_of_a_discarded_draft_fits_no_later_one(bureau: Person):
    old = await drafted(bureau, "again", named("旧稿"))
    assert (await bureau("DELETE", "/items/again/draft")).status_code == 204
    assert (await bureau("DELETE", "/items/again/draft")).status_code == 204
    await drafted(bureau, "again", named("新稿"))

    stale = {"if-match": old.headers["etag"]}
    late = await bureau("PUT", "/items/again/draft", json=named("旧稿改"), headers=stale)
    gone = await bureau("DELETE", "/items/again/draft", headers=stale)

    assert (late.status_code, gone.status_code) == (412, 412)
    assert (await bureau.get("/items/again/draft"))["record"]["name"] == "新稿"


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


async def test_what_was_in_force_on_a_day_can_be_asked_for(bureau: Person, calendar: Calendar):
    await bureau.put("/items/dated", named("一"))
    calendar.at(date(2026, 11, 26))
    await bureau.put("/items/dated", named("二"))
    await bureau.put("/items/dated", named("三"))
    await published(bureau, "dated", named("四"), SOON)
    await published(bureau, "dated", named("五"), "2027-01-01")

    asked = {
        "2026-11-23": None,
        "2026-11-24": "一",
        "2026-11-25": "一",
        "2026-11-26": "三",
        "2026-11-30": "三",
        SOON: "四",
        "2026-12-31": "四",
        "2027-01-01": "五",
        "9999-12-31": "五",
    }
    for day, name in asked.items():
        answer = await bureau("GET", f"/items/dated?on={day}")
        if name is None:
            assert problem(answer) == (404, "not-in-force")
        else:
            assert answer.json()["record"]["name"] == name, day
    assert (await bureau("GET", "/items/dated?on=24.11.2026")).status_code == 422


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


async def test_replicas_whose_day_comes_at_once_tell_it_once(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    other = services.catalog.main.make(catalog.app.state.settings)
    for n in range(5):
        await published(bureau, f"dawn-{n}", named("黎明"), SOON)
    calendar.at(date(2026, 12, 1), 0)
    other.state.clock = catalog.app.state.clock

    await asyncio.gather(
        *(ticks.turn(app, come_into_force) for app in (catalog.app, other) for _ in range(4))
    )

    for n in range(5):
        assert len(await catalog.told(PUBLISHED, code=f"dawn-{n}")) == 1
        assert (await bureau.get(f"/items/dawn-{n}"))["version"] == 1
    await other.state.sessions.kw["bind"].dispose()


async def test_a_service_that_starts_after_the_day_brings_it_in_by_itself(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await published(bureau, "restarted", named("睡过了"), SOON)
    calendar.at(date(2026, 12, 3))
    started = services.catalog.main.make(catalog.app.state.settings)
    started.state.clock = catalog.app.state.clock

    async def in_force() -> bool:
        return (await bureau("GET", "/items/restarted")).is_success

    async with started.router.lifespan_context(started):
        await eventually(in_force)

    assert (await bureau.get("/items/restarted"))["in_force_from"] == SOON
    assert len(await catalog.told(PUBLISHED, code="restarted")) == 1


async def test_days_missed_while_nobody_ran_come_in_their_order(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    for name, day in (("三", "2026-12-03"), ("一", "2026-12-01"), ("二", "2026-12-02")):
        await published(bureau, "missed", named(name), day)

    await calendar.tick(date(2026, 12, 10))

    told = await catalog.told(PUBLISHED, code="missed")
    assert [(one["version"], one["item"]["name"]) for one in told] == [
        (1, "一"),
        (2, "二"),
        (3, "三"),
    ]
    assert [one["item"]["in_force_from"][-1] for one in told] == ["1", "2", "3"]


async def test_whoever_publishes_at_once_does_not_stand_behind_what_was_due(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """After midnight and before the tick, an editor mends what came into force that day."""
    await published(bureau, "mended", named("排定"), SOON)
    calendar.at(date(2026, 12, 1), 0)

    await bureau.put("/items/mended", named("订正"))
    await calendar.tick(date(2026, 12, 1), 1)

    assert (await bureau.get("/items/mended"))["record"]["name"] == "订正"
    told = await catalog.told(PUBLISHED, code="mended")
    assert [one["item"]["name"] for one in told] == ["排定", "订正"]


async def test_a_definition_changed_before_the_day_is_told_as_it_then_is(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await bureau.put("/fields/renamed", field(name="旧名"))
    await published(bureau, "embedding", named("嵌入", fields=[{"field": "renamed"}]), SOON)

    await bureau.put("/fields/renamed", field(name="新名"))
    await calendar.tick(date(2026, 12, 1))

    [told] = await catalog.told(PUBLISHED, code="embedding")
    assert [one["name"] for one in told["fields"]] == ["新名"]


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


async def test_a_retired_item_has_no_versions_to_come(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """What retirement writes is `retired_from`; the rest follows."""
    await bureau.put("/items/ending", named("末版"))
    await published(bureau, "ending", named("来不及"), "2026-12-10")
    await catalog.rows("UPDATE item SET retired_from = '2026-12-05' WHERE code = 'ending'")

    await drafted(bureau, "ending", named("再来"))
    late = await bureau("PUT", "/items/ending/draft/publication", json={"from": "2026-12-05"})
    before = await bureau.get("/items/ending")
    await calendar.tick(date(2026, 12, 10))

    assert problem(late) == (409, "item-retired")
    assert (before["state"], before["in_force_until"]) == ("in_force", "2026-12-05")
    after = await bureau.get("/items/ending")
    assert (after["state"], after["record"]["name"]) == ("retired", "末版")
    assert await history(bureau, "ending") == [("draft", "再来"), ("retired", "末版")]
    assert (await bureau.get("/items/ending?on=2026-12-04"))["record"]["name"] == "末版"
    answer = await bureau("GET", "/items/ending?on=2026-12-05")
    assert problem(answer) == (404, "not-in-force")
    assert len(await catalog.told(PUBLISHED, code="ending")) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_pages_run_from_the_draft_to_the_first_version(
    bureau: Person, calendar: Calendar, limit: int
):
    if not (await bureau("GET", "/items/paged")).is_success:
        for name in ("一", "二", "三"):
            await bureau.put("/items/paged", named(name))
        for name, day in (("四", SOON), ("五", "2027-01-01")):
            await published(bureau, "paged", named(name), day)
        await drafted(bureau, "paged", named("六"))

    seen, cursor = [], ""
    while True:
        page = await bureau.get(f"/items/paged/versions?limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        seen += [one["record"]["name"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == ["六", "五", "四", "三", "二", "一"]


async def test_the_bureau_sees_what_is_in_preparation(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    for code in ("prep", "prep-b"):
        await published(bureau, code, named("将来"), SOON)
        await published(bureau, code, named("更远"), "2027-01-01")
        await drafted(bureau, code, named("草稿"))

    seen, cursor = [], ""
    while True:
        page = await bureau.get(f"/drafts?limit=2{cursor}")
        seen += [(one["code"], one["state"], one["in_force_from"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert [one for one in seen if one[0].startswith("prep")] == [
        (code, state, day)
        for code in ("prep", "prep-b")
        for state, day in (("draft", None), ("scheduled", SOON), ("scheduled", "2027-01-01"))
    ]
    assert len(seen) == len(set(seen))
    assert (await catalog.client.get("/drafts")).status_code == 401
    assert (await catalog.officer("market")("GET", "/drafts")).status_code == 403


async def test_a_retired_item_is_not_written_any_more(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await bureau.put("/fields/of_the_retired", field(name="旧名"))
    record = named("末版", fields=[{"field": "of_the_retired"}])
    await bureau.put("/items/retired", record)
    await catalog.rows("UPDATE item SET retired_from = :day WHERE code = 'retired'", day=TODAY)

    changed = await bureau("PUT", "/items/retired", json=named("复活"))
    same = await bureau("PUT", "/items/retired", json=record)
    await bureau.put("/fields/of_the_retired", field(name="新名"))

    assert problem(changed) == (409, "item-retired")
    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert len(await catalog.told(PUBLISHED, code="retired")) == 1


async def test_a_code_that_a_scheduled_item_has_is_taken(bureau: Person, calendar: Calendar):
    codes = {"codes": [{"system": "task-code", "value": "S" * 36}]}
    await published(bureau, "first-claim", named("先", **codes), SOON)

    late = await bureau("PUT", "/items/late-claim", json=named("后", **codes))

    assert problem(late) == (422, "record-faulty")
    [flaw] = late.json()["errors"]
    assert (flaw["pointer"], flaw["item"]) == ("/codes/0/value", "first-claim")


@pytest.mark.parametrize("table", ["item", "item_scheduled", "item_draft"])
async def test_a_record_stored_before_an_element_came_is_still_right(
    catalog: Alone, bureau: Person, calendar: Calendar, table: str
):
    code = f"older-{table.replace('_', '-')}"
    record = named("旧记录", regulator="market")
    if table == "item":
        await bureau.put(f"/items/{code}", record)
    elif table == "item_draft":
        await drafted(bureau, code, record)
    else:
        await published(bureau, code, record, SOON)
    forget = f"UPDATE {table} SET record = record - 'joint_with' - 'organ' WHERE code = :code"
    await catalog.rows(forget, code=code)

    if table == "item":
        assert (await bureau.put(f"/items/{code}", record))["version"] == 1
    elif table == "item_draft":
        await bureau.put(f"/items/{code}/draft/publication", {"from": SOON})
    await calendar.tick(date(2026, 12, 1))

    [told] = await catalog.told(PUBLISHED, code=code)
    assert (told["version"], told["item"]["organ"]) == (1, "statutory")
