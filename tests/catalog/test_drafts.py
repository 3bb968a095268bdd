"""A draft is the bureau's own business, and nobody overwrites what nobody has read."""

import asyncio

from tests.alone import Alone
from tests.catalog.drafting import PUBLISHED, drafted, history
from tests.catalog.editing import named
from tests.platform import Person
from tests.refusals import problem


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
