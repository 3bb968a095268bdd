"""Every failure over HTTP is one kind of document: it says where and what and repeats no value."""

import asyncio
import logging
from uuid import uuid4

import httpx
import orjson
import pytest

from services.chassis.errors import Conflict, Flaw, Invalid, Refusal
from services.chassis.problems import document, language
from services.chassis.telemetry import JsonLines
from tests.chassis import shop
from tests.chassis.conftest import NOBODY, Shop, settings_for

CANARY = "11010519491231002X"


def problem(answer: httpx.Response, status: int, slug: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["trace_id"] == answer.headers["x-correlation-id"]
    return body


LANGUAGES = {
    "": "zh",
    "*": "zh",
    "en": "en",
    "en-GB,en;q=0.9": "en",
    "zh": "zh",
    "zh-Hans-CN": "zh",
    "fr": "zh",
    "fr, en;q=0.1": "en",
    "zh;q=0.4, en;q=0.5": "en",
    "zh;q=0.5, en;q=0.4": "zh",
    "zh, en": "zh",
    "en, zh": "en",
    "en;q=0": "zh",
    "zh;q=0, en;q=0.1": "en",
    "EN": "en",
    "en;q=1.2.3": "zh",
    "en;q=": "en",
    ";;;,,q=": "zh",
    "english": "zh",
}


@pytest.mark.parametrize(("accepted", "spoken"), LANGUAGES.items())
def test_the_language_is_chinese_unless_english_is_preferred(accepted, spoken):
    assert language(accepted) == spoken


async def test_a_refusal_is_told_in_chinese_and_on_request_in_english(quiet):
    chinese = await quiet.order("k", "clog")
    english = await quiet.order("k", "clog", headers={"accept-language": "en-GB"})

    body = problem(chinese, 404, "not-on-offer")
    assert (body["title"], body["detail"]) == ("本店不卖这种鞋。", "本店不卖这种鞋。")
    assert chinese.headers["content-language"] == "zh-CN"
    assert problem(english, 404, "not-on-offer")["title"] == "We do not sell this shoe."
    assert english.headers["content-language"] == "en"


async def test_a_refusal_carries_where_it_happened_and_its_own_members(quiet):
    body = problem(await quiet.order("k", "clog"), 404, "not-on-offer")

    assert (body["instance"], body["shoe"]) == ("/orders", "clog")


def test_a_refusal_of_no_kind_is_a_bad_request():
    class Odd(Refusal):
        """Odd."""

    assert document(Odd())[0] == 400


def test_the_status_is_that_of_the_nearest_kind():
    class Taken(Conflict):
        """Taken."""

    status, body = document(Taken("被占用。", "It is taken.", owner="bob"), "en")
    assert (status, body["detail"], body["owner"]) == (409, "It is taken.", "bob")


def test_a_flaw_says_more_where_there_is_more_to_say():
    refusal = Invalid(errors=[Flaw("/shoe", "太小。", "Too small.", {"smallest": 36})])

    assert document(refusal)[1]["errors"] == [
        {"pointer": "/shoe", "detail": "太小。", "smallest": 36}
    ]


async def test_each_flaw_has_its_pointer_and_none_repeats_a_value(quiet):
    body = {"shoe": f"{CANARY}/x", "pairs": CANARY, "note": 7, "a/b~c": CANARY}
    answer = await quiet("POST", "/orders", body, headers={"accept-language": "en"})

    found = {one["pointer"]: one["detail"] for one in problem(answer, 422, "malformed")["errors"]}
    assert found == {
        "/shoe": "This should match ^[a-z]*$.",
        "/pairs": "This should be an integer.",
        "/note": "This should be a string.",
        "/a~1b~0c": "There is no such member; leave it out.",
    }
    assert CANARY not in answer.text


async def test_flaws_of_path_query_and_header_are_told_apart(quiet):
    in_path = await quiet("GET", f"/orders/{CANARY}")
    in_query = await quiet("GET", "/shelf")
    in_header = await quiet.order("k" * 256)

    assert problem(in_path, 422, "malformed")["errors"][0]["pointer"] == "/path/order"
    assert problem(in_query, 422, "malformed")["errors"][0] == {
        "pointer": "/query/canary",
        "detail": "缺少此项。",
    }
    assert problem(in_header, 422, "malformed")["errors"][0]["pointer"] == "/header/Idempotency-Key"
    assert CANARY not in str(problem(in_path, 422, "malformed")["errors"])


BROKEN = {
    "cut off": (b'{"shoe": "11010519491231002X', ""),
    "no JSON": (b"11010519491231002X!", ""),
    "a text": (b'"11010519491231002X"', ""),
    "nothing": (b"", ""),
    "a list": (b"[1]", ""),
}


@pytest.mark.parametrize(("content", "where"), BROKEN.values(), ids=BROKEN)
async def test_a_body_that_is_no_json_object_is_a_flaw_of_the_whole_body(content, where, quiet):
    headers = {"content-type": "application/json"}
    answer = await quiet("POST", "/orders", content=content, headers=headers)

    [flaw] = problem(answer, 422, "malformed")["errors"]
    assert flaw["pointer"] == where
    assert CANARY not in answer.text


BODILESS = "The request has no body; it should be JSON, {} where there is nothing to say."


async def test_a_body_that_is_cut_off_says_where_and_one_that_is_missing_that_it_is(quiet):
    headers = {"content-type": "application/json", "accept-language": "en"}
    cut = await quiet("POST", "/orders", content=b'{"shoe": }', headers=headers)
    none = await quiet("POST", "/orders", headers=headers)

    assert problem(cut, 422, "malformed")["errors"] == [
        {"pointer": "", "detail": "This is not valid JSON, from character 10 on."}
    ]
    assert problem(none, 422, "malformed")["errors"] == [{"pointer": "", "detail": BODILESS}]


async def test_json_that_is_not_called_json_is_told_what_it_should_be_called(quiet):
    """What `curl -d` sends where no header is named."""
    headers = {"content-type": "application/x-www-form-urlencoded", "accept-language": "en"}
    answer = await quiet("POST", "/orders", content=b'{"shoe": "boot"}', headers=headers)

    assert problem(answer, 422, "malformed")["errors"] == [
        {"pointer": "/header/Content-Type", "detail": "This should be application/json."}
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe", b'{"shoe": "\xff"}'])
async def test_a_body_in_no_known_encoding_is_refused(content, quiet):
    headers = {"content-type": "application/json"}
    answer = await quiet("POST", "/orders", content=content, headers=headers)

    problem(answer, answer.status_code, "malformed")
    assert 400 <= answer.status_code < 500


async def test_a_path_that_is_not_there_is_a_problem_too(quiet):
    problem(await quiet("GET", "/no/such/path"), 404, "not-found")


async def test_a_method_that_is_not_answered_says_which_are(quiet):
    answer = await quiet("DELETE", "/orders")

    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


@pytest.fixture
async def over_wire(wire, shop_url, signer):
    app = shop.make(settings_for(wire.url, NOBODY, signer))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        yield Shop(app, client, signer)
    await app.state.sessions.kw["bind"].dispose()


async def test_while_the_database_is_away_the_answer_is_try_again(over_wire, wire):
    assert (await over_wire.order("before")).status_code == 201
    await wire.cut()

    for _ in range(3):  # the first one finds its connection broken, the next ones none at all
        answer = await over_wire.order("away")
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "1"
    problem(await over_wire.client.get("/health/ready"), 503, "unavailable")
    assert (await over_wire.client.get("/health/live")).status_code == 200

    await wire.mend()
    assert (await over_wire.order("away")).status_code == 201


async def test_while_the_database_is_starting_the_answer_is_try_again(over_wire, wire):
    assert (await over_wire.order("before")).status_code == 201
    wire.restart()

    for _ in range(3):
        problem(await over_wire.order("away"), 503, "unavailable")

    await wire.mend()
    assert (await over_wire.order("away")).status_code == 201


async def test_a_pool_that_is_used_up_means_try_again(quiet, sessions, monkeypatch):
    monkeypatch.setattr(quiet.app.state.sessions.kw["bind"].pool, "_timeout", 0.1)
    held = [quiet.app.state.sessions() for _ in range(quiet.app.state.settings.pool_size)]
    for session in held:
        await session.connection()

    answer = await quiet("GET", "/sold/boot")

    problem(answer, 503, "unavailable")
    for session in held:
        await session.close()


async def test_a_commit_that_fails_has_not_been_answered_with_success(quiet, sessions):
    answer = await quiet("POST", "/late")

    problem(answer, 500, "unexpected")
    assert "canary" not in answer.text


@pytest.fixture
def lines(caplog):
    """What would be in the log, line by line."""
    caplog.set_level(logging.INFO)
    formatter = JsonLines("shop", "1")
    records: list[bytes] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(formatter.format(record).encode())

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield records
    logging.getLogger().removeHandler(handler)


async def test_a_defect_is_answered_without_detail_and_logged_with_its_correlation(quiet, lines):
    correlation = str(uuid4())
    answer = await quiet(
        "GET", f"/shelf?canary={CANARY}", headers={"x-correlation-id": correlation}
    )

    body = problem(answer, 500, "unexpected")
    assert set(body) == {"type", "title", "status", "detail", "instance", "trace_id"}
    assert body["trace_id"] == correlation
    assert "fell over" not in answer.text
    [logged] = [one for one in map(orjson.loads, lines) if one["level"] == "ERROR"]
    assert (logged["event"], logged["correlation"]) == ("unexpected", correlation)
    assert "FellOver: the shelf fell over" in logged["exception"]
    assert "in shelf" in logged["exception"]


async def test_what_an_exception_quotes_on_its_further_lines_is_not_logged(quiet, lines):
    """There drivers and Pydantic put rows and values."""
    await quiet("GET", f"/shelf?canary={CANARY}")
    await quiet("POST", "/late")

    whole = b"\n".join(lines)
    assert b"too late" in whole
    assert CANARY.encode() not in whole
    assert b"canary-in-a-row" not in whole


async def test_a_defect_counts_as_500_in_the_figures(quiet):
    await quiet("GET", "/shelf?canary=x")
    text = (await quiet.client.get("/metrics")).text

    assert 'http_request_seconds_count{method="GET",route="/shelf",status="500"}' in text


async def test_one_defect_leaves_the_other_requests_alone(quiet):
    answers = await asyncio.gather(
        *(quiet("GET", "/shelf?canary=x") for _ in range(5)),
        *(quiet("GET", "/sold/boot") for _ in range(5)),
    )

    assert [answer.status_code for answer in answers] == [500] * 5 + [200] * 5
