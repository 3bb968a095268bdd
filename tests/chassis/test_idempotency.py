"""A request sent again gets the answer it got, and has its effect once."""

import asyncio

import pytest
from sqlalchemy import insert, text

from services.chassis.idempotency import canonical
from tests.chassis import shop


async def orders(sessions) -> int:
    async with sessions() as session:
        return (await session.execute(text("SELECT count(*) FROM purchase"))).scalar_one()


async def told(sessions) -> int:
    async with sessions() as session:
        return (await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one()


def slug(answer) -> str:
    return answer.json()["type"].removeprefix("/problems/")


async def test_twenty_equal_requests_at_once_have_one_effect_and_one_answer(quiet, sessions):
    answers = await asyncio.gather(*(quiet.order("k") for _ in range(20)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}
    replays = [answer for answer in answers if "idempotent-replay" in answer.headers]
    assert len(replays) == 19
    assert (await orders(sessions), await told(sessions)) == (1, 1)


async def test_a_request_sent_again_later_gets_its_first_answer(quiet, sessions):
    first = await quiet.order("k")
    again = await quiet.order("k")

    assert again.content == first.content
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert await orders(sessions) == 1


async def test_another_key_is_another_request(quiet, sessions):
    first, other = await quiet.order("k-1"), await quiet.order("k-2")

    assert first.json()["id"] != other.json()["id"]
    assert await orders(sessions) == 2


async def test_a_key_with_another_body_is_refused_and_changes_nothing(quiet, sessions):
    first = await quiet.order("k", body={"pairs": 1})
    other = await quiet.order("k", body={"pairs": 2})

    assert (other.status_code, slug(other)) == (422, "key-reused")
    assert await orders(sessions) == 1
    assert (await quiet.order("k", body={"pairs": 1})).content == first.content


async def test_of_different_requests_under_one_key_at_once_one_is_taken(quiet, sessions):
    answers = await asyncio.gather(*(quiet.order("k", body={"pairs": n}) for n in range(1, 11)))

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert await orders(sessions) == 1


async def test_a_body_spelled_otherwise_is_the_same_request(quiet, sessions):
    headers = {"content-type": "application/json"}
    bodies = [b'{"shoe":"boot","pairs":2}', b'{ "pairs": 2,\n  "shoe": "boot" }']
    first, again = [
        await quiet("POST", "/orders", key="k", content=body, headers=headers) for body in bodies
    ]

    assert again.content == first.content
    assert await orders(sessions) == 1


async def test_a_request_without_a_key_is_refused_and_says_where_it_belongs(quiet, sessions):
    answer = await quiet.order("")

    assert (answer.status_code, slug(answer)) == (422, "key-missing")
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"
    assert await orders(sessions) == 0


async def test_a_refusal_is_not_remembered(quiet, sessions):
    refused = await quiet.order("k", "clog")
    async with sessions.begin() as tx:
        await tx.execute(insert(shop.Sold).values(shoe="clog"))
    taken = await quiet.order("k", "clog")

    assert (refused.status_code, taken.status_code) == (404, 201)


async def test_a_refusal_leaves_those_who_wait_for_it_to_try_themselves(quiet, sessions):
    answers = await asyncio.gather(*(quiet.order("k", body={"pairs": 100}) for _ in range(8)))

    assert {(answer.status_code, slug(answer)) for answer in answers} == {(409, "too-many-pairs")}
    assert await orders(sessions) == 0


async def test_equal_keys_of_two_callers_are_two_requests(quiet, sessions):
    ada = await quiet.order("k", sub="ada")
    bob = await quiet.order("k", sub="bob", body={"pairs": 2})

    assert (ada.status_code, bob.status_code) == (201, 201)
    assert ada.json()["id"] != bob.json()["id"]
    assert (await quiet.order("k", sub="bob", body={"pairs": 2})).content == bob.content


async def test_equal_keys_on_two_routes_are_two_requests(quiet):
    ordered = await quiet.order("k")
    sample = await quiet("POST", "/samples", {"shoe": "sandal"}, "k")

    assert (ordered.json()["shoe"], sample.json()["shoe"]) == ("boot", "sandal")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b'{"a":1,"b":2}', b'{"b": 2, "a": 1}', True),
        (b'{"a":{"c":1,"b":2}}', b'{"a":{"b":2,"c":1}}', True),
        (b'{"a":1}', b'{"a":2}', False),
        (b'{"a":[1,2]}', b'{"a":[2,1]}', False),
        (b'{"a":"1"}', b'{"a":1}', False),
        (b"not JSON", b"not json", False),
        (b"", b"{}", False),
    ],
)
def test_a_fingerprint_is_that_of_the_content(one, other, same):
    assert (canonical(one) == canonical(other)) is same
