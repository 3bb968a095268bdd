"""The swift way and the long way of filing leave the same behind, and never file twice."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from services.bundle.applications import filing, swift
from services.bundle.parties.sealing import Sealer
from tests import county, world
from tests.bundle.office import Office, states
from tests.platform import INDEX_KEY, KEY, Person
from tests.refusals import problem

SEALER = Sealer(f"k1:{KEY}", INDEX_KEY)
FORM = {"applicant_name": "张三丰", "applicant_id_number": world.ID_NUMBER, "area": 10.0}
LICENCE = {"member": "licence", "item": "licence-check", "holder": "owner"}
STALL = county.five("fire") | {"parties": world.BUNDLE["parties"]}
STALL["members"] = [LICENCE, *STALL["members"]]
FAIR = county.five("fire", "tax")
LEFT_BEHIND = (
    "SELECT to_jsonb(a) FROM application a WHERE filer_account = :account ORDER BY id",
    "SELECT to_jsonb(m) FROM member m JOIN application a ON a.id = m.application"
    " WHERE filer_account = :account ORDER BY m.application, place",
    "SELECT kind, account, name IS NULL, number IS NULL, number_index, born_of"
    " FROM party WHERE account = :account",
    "SELECT version, subject, payload FROM outbox WHERE aggregate IN (SELECT 'application:' || id"
    " FROM application WHERE filer_account = :account UNION SELECT 'approval:' || approval"
    " FROM member m JOIN application a ON a.id = application WHERE filer_account = :account)"
    " ORDER BY pos",
    "SELECT route, status, fingerprint <> '', headers, body FROM idempotency"
    " WHERE caller = :account AND route = '/applications' ORDER BY made_at",
)
VARYING = {"id", "application", "approval", "filer", "holder", "owner", "filer_account", "sealed"}
VARYING |= {"correlation", "correlationid", "location", "subject", "digest", "time"}
VARYING |= {"submitted_at", "requested_at", "settled_at", "completed_at"}


class Closed:
    """A pool that is out of reach, as after the database restarted."""

    async def fetchrow(self, *_: Any) -> None:
        raise OSError


class Between:
    """The real pool; something happens after a filing has looked and before it writes."""

    def __init__(self, pool: Any, happens: Callable[[], Awaitable[Any]] | None) -> None:
        self.pool, self.happens = pool, happens

    async def fetchrow(self, *values: Any) -> Any:
        row = await self.pool.fetchrow(*values)
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return row

    async def execute(self, *values: Any) -> Any:
        return await self.pool.execute(*values)


@pytest.fixture
def pool(office: Office) -> Iterator[Any]:
    """The service's pool, put back after a test that replaces it."""
    real = office.app.state.pool
    yield real
    office.app.state.pool = real


@pytest.fixture(scope="module", autouse=True)
async def publications(office: Office) -> None:
    """A stall and a fair, which share an item."""
    await office.publish("stall", STALL)
    await office.publish("fair", FAIR)


async def long(*_: Any, **__: Any) -> None:
    raise AssertionError("went the long way")


async def agreed(office: Office, who: Person, bundle: str = "stall") -> dict[str, Any]:
    plan = await office.planned(who, bundle, {"area": 10.0})
    form = {field["field"]: FORM[field["field"]] for field in plan["form"]}
    body = {"bundle": bundle, "plan": plan["digest"], "answers": {"area": 10.0}}
    return body | {"form": form}


async def withdraw(who: Person, application: Any) -> None:
    await who.put(f"/applications/{application['id']}/withdrawal")


async def test_both_ways_leave_the_same_behind(office: Office, pool: Any):
    """A first filing, one of a known person, and one of which a part is open already."""
    quick = await _three_filings(office)
    office.app.state.pool = Closed()
    slow = await _three_filings(office)

    assert quick == slow
    assert [len(one) for one in quick] == [3, 3, 5, 1, 12, 3]


async def _three_filings(office: Office) -> list[Any]:
    ada = office.somebody()
    first = await ada.post("/applications", json=await agreed(office, ada))
    await withdraw(ada, first)
    second = await ada.post("/applications", json=await agreed(office, ada))
    third = await ada.post("/applications", json=await agreed(office, ada, "fair"))
    assert (states(second), states(third)) == (
        {"licence": "requested", "fire": "requested"},
        {"tax": "requested"},
    )
    found: list[Any] = [[_plain(one) for one in (first, second, third)]]
    for query in LEFT_BEHIND:
        rows = await office.rows(query, account=ada.sub)
        found.append([[_plain(value, ada.sub) for value in row] for row in rows])
    return found


def _plain(value: Any, account: str = "") -> Any:
    """Without what differs from one filing to the next."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in VARYING}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return "whoever" if account and value == account else value


async def test_a_first_filing_and_a_known_persons_go_the_swift_way(office: Office, monkeypatch):
    monkeypatch.setattr(filing, "submit", long)
    ada = office.somebody()
    for _ in range(2):
        await withdraw(ada, await ada.post("/applications", json=await agreed(office, ada)))

    [party] = await office.rows("SELECT * FROM party WHERE account = :account", account=ada.sub)
    assert party.filings == 2
    assert SEALER.open(party.name, f"party|name|{party.id}") == FORM["applicant_name"]
    assert SEALER.open(party.number, f"party|number|{party.id}") == world.ID_NUMBER


async def test_what_the_wallet_holds_is_relied_upon_in_the_swift_way(office: Office, monkeypatch):
    ada = office.somebody()
    first = await office.filed(ada)  # with its uploads: the long way
    await withdraw(ada, first)
    again = await office.prepared(ada)
    monkeypatch.setattr(filing, "submit", long)

    second = await ada.post("/applications", json=again)

    assert again["materials"] == {}
    assert states(second) == states(first)


@pytest.mark.parametrize("known", [False, True], ids=["a first filing", "a known person"])
@pytest.mark.parametrize("other", ["stall", "fair"])
async def test_a_filing_that_came_between_is_not_filed_twice(
    office: Office, pool: Any, known: bool, other: str
):
    ada = office.somebody()
    if known:
        await withdraw(ada, await ada.post("/applications", json=await agreed(office, ada)))
    mine, others = await agreed(office, ada), await agreed(office, ada, other)
    came: list[Any] = []

    async def file_the_other() -> None:
        came.append(await ada.post("/applications", json=others))

    office.app.state.pool = Between(pool, file_the_other)
    answer = await ada("POST", "/applications", json=mine)

    assert problem(answer) == (409, "already-filed")
    told = {one["application"] for one in answer.json()["already_open"]}
    assert told == {came[0]["id"]}
    assert len(await office.rows("SELECT id FROM party WHERE account = :a", a=ada.sub)) == 1


async def test_the_same_request_that_came_between_is_answered_as_that_one(
    office: Office, pool: Any
):
    ada = office.somebody()
    mine, came = await agreed(office, ada), []

    async def send_it_again() -> None:
        came.append(await ada("POST", "/applications", key="between", json=mine))

    office.app.state.pool = Between(pool, send_it_again)
    answer = await ada("POST", "/applications", key="between", json=mine)

    assert (answer.status_code, answer.text) == (201, came[0].text)
    assert answer.headers["idempotent-replay"] == "true"
    assert len((await ada.get("/applications"))["items"]) == 1


async def test_fifty_equal_filings_at_once_are_one_application_and_one_answer(office: Office):
    ada = office.somebody()
    body = await agreed(office, ada)

    answers = await asyncio.gather(
        *(ada("POST", "/applications", key="fifty", json=body) for _ in range(50))
    )

    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert sum("idempotent-replay" not in one.headers for one in answers) == 1
    assert len((await ada.get("/applications"))["items"]) == 1


async def test_what_the_long_way_files_meanwhile_counts_as_a_turn(office: Office, pool: Any):
    """By an agent, who never goes the swift way."""
    ada, agent = office.somebody(), office.somebody()
    await withdraw(ada, await ada.post("/applications", json=await agreed(office, ada)))
    wanted = {"agent": agent.sub, "bundles": ["stall"], "valid_until": "2099-01-01T00:00:00Z"}
    given = (await ada.post("/mandates", json=wanted))["id"]
    mine = await agreed(office, ada)

    async def file_for_her() -> None:
        await agent.post("/applications", json=mine | {"holder": {"mandate": given}})

    office.app.state.pool = Between(pool, file_for_her)
    answer = await ada("POST", "/applications", json=mine)

    assert problem(answer) == (409, "already-filed")


@pytest.mark.parametrize(
    "about",
    [
        {"plan": "sha256:" + "0" * 64},
        {"answers": {}},
        {"form": {}},
        {"materials": {"of-nowhere:owner": []}},
        {"commitments": [{"item": "x", "code": "y", "version": 1, "digest": "sha256:" + "0" * 64}]},
        {"bundle": "unknown"},
        {"point": "nowhere"},
        {"holder": {"number": "91430700MA4L000001"}},
        {"replaces": {"number": "R-1", "kind": "renewal"}},
        {"form": {"area": "\u0000"}},
    ],
    ids=str,
)
async def test_what_is_refused_is_refused_alike(office: Office, pool: Any, about: dict[str, Any]):
    ada = office.somebody()
    body = await agreed(office, ada) | about
    quick = await ada("POST", "/applications", json=body)
    office.app.state.pool = Closed()
    slow = await ada("POST", "/applications", json=body)

    assert 400 <= quick.status_code < 500
    assert {**quick.json(), "trace_id": ""} == {**slow.json(), "trace_id": ""}


async def test_a_parameter_that_nobody_reads_is_refused_at_this_door_as_well(office: Office):
    ada = office.somebody()
    answer = await ada("POST", "/applications?try=1", json=await agreed(office, ada))

    assert problem(answer) == (422, "malformed")
    assert (await ada.get("/applications"))["items"] == []


@pytest.mark.parametrize(("statement", "parameters"), [(swift.READ, 7), (swift.WRITE, 19)])
async def test_plans_made_on_empty_tables_look_rows_up_by_their_ids(
    office: Office, statement: str, parameters: int
):
    """Such a plan is kept while the tables grow."""
    async with office.app.state.pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        await connection.execute(f"PREPARE swift AS {statement}")
        nulls = ", ".join(["NULL"] * parameters)
        plan = [row[0] for row in await connection.fetch(f"EXPLAIN EXECUTE swift ({nulls})")]
        await connection.execute("DEALLOCATE swift; RESET plan_cache_mode")

    scans = [line for line in plan if "Seq Scan on" in line]
    assert all(" retirement" in line for line in scans), "\n".join(plan)
