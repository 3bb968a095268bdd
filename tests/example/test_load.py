"""The loader waits where waiting helps, and tells all problems of a stage at once."""

from collections.abc import Callable

import httpx
import pytest

from deploy.example import calls, district
from deploy.example.calls import Import, Put, send
from deploy.example.load import stages, whole_stages
from deploy.example.report import WORDS, Report

Handler = Callable[[httpx.Request], httpx.Response]
PUT = Put("items/restaurant.json", "licence-check", "items/licence-check", {"name": "核验"})


def gateway(handler: Handler) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://gateway")


def problem(status: int, **headers: str) -> httpx.Response:
    flaw = {"pointer": "/department", "detail": "market is not registered yet."}
    body = {"title": "The record uses codes that do not exist.", "errors": [flaw]}
    return httpx.Response(status, json=body, headers=headers)


async def test_an_item_that_bundle_has_not_heard_of_yet_is_waited_for(monkeypatch) -> None:
    answers = [problem(409, **{"Retry-After": "0"}), httpx.Response(200, json={})]
    async with gateway(lambda request: answers.pop(0)) as client:
        assert await send(client, PUT) is None
    assert not answers


async def test_a_refused_record_is_told_by_file_code_and_problem() -> None:
    async with gateway(lambda request: problem(422)) as client:
        told = await send(client, PUT)

    assert told is not None
    for part in ("items/restaurant.json", "licence-check", "422", "/department", "not registered"):
        assert part in told


async def test_an_outage_is_waited_out_but_not_for_ever(monkeypatch) -> None:
    monkeypatch.setattr(calls, "PATIENCE", 0.6)
    asked = []

    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ConnectError("refused")

    async with gateway(away) as client:
        told = await send(client, PUT)

    assert told is not None and "ConnectError" in told
    assert len(asked) == 2


async def test_the_generated_items_go_out_in_one_file_under_one_key() -> None:
    table = district.Table("generator", ({"code": "tax-001", "name": "完税证明（办理）"},))
    asked: list[httpx.Request] = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return problem(503, **{"Retry-After": "0"}) if len(asked) == 1 else httpx.Response(200)

    async with gateway(busy) as client:
        assert await send(client, Import(table)) is None

    first, again = asked
    assert first.url.path == "/api/items/imports"
    assert first.headers["idempotency-key"] == again.headers["idempotency-key"]
    assert '{"items": [{"code": "tax-001", "name": "完税证明（办理）"}]}' in first.content.decode()


def test_no_record_is_put_before_what_it_refers_to() -> None:
    names = [name for name, _ in stages()]

    assert names.index("fields") < names.index("lists of fields") < names.index("items")
    assert names.index("departments") < names.index("items") < names.index("bundles")
    assert names[-1] == "publications"


def test_what_was_loaded_is_said_in_both_languages_one_and_several() -> None:
    report = Report()
    for name, number in (("departments", 2), ("lists of fields", 1), ("departments", 1)):
        report.add(name, number)

    assert str(report) == "3 个部门、1 个列表字段\n3 departments, 1 list of fields"
    assert {name for name, _ in [*stages(), *whole_stages()]} | {"rights offered"} == set(WORDS)


@pytest.mark.parametrize(("name", "puts"), stages())
def test_no_body_says_the_code_that_its_path_says(name: str, puts: list[Put]) -> None:
    assert puts
    assert not [put.code for put in puts if "code" in put.body]


def test_no_point_is_put_before_the_one_it_stands_under() -> None:
    known: set[str] = set()
    for name, puts in whole_stages():
        if name == "service points":
            assert {put.body.get("parent") for put in puts} - {None} <= known
            known |= {put.code for put in puts}

    assert len(known) == 148
