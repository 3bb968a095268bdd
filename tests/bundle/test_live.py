"""Live progress (SSE): the state now, each change as it comes, and an end when all is settled."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.bundle.applications.live import Watch, stream
from services.chassis.identity import Principal
from tests.bundle.office import Office, decided, issued, states
from tests.platform import Person, eventually


@pytest.fixture(scope="module", autouse=True)
async def watching(office: Office) -> AsyncIterator[None]:
    """The one background loop that live progress needs."""
    task = asyncio.create_task(office.app.state.watch.run(office.app))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def follow(who: Person, application: Any, last: str = "") -> "asyncio.Task[httpx.Response]":
    headers = {"last-event-id": last.encode("latin-1")} if last else {}
    path = f"/applications/{application['id']}/events"
    return asyncio.create_task(who("GET", path, headers=headers))  # type: ignore[arg-type]


async def seen(stream: Awaitable[httpx.Response]) -> list[dict[str, Any]]:
    """The events of a stream that has ended."""
    answer = await asyncio.wait_for(stream, 5)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = []
    for block in answer.text.strip().split("\n\n"):
        if not block.startswith(":"):
            lines = dict(line.split(": ", 1) for line in block.split("\n"))
            events.append(lines | {"data": json.loads(lines["data"])})
    return events


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [one["event"] for one in events]


def ids(events: list[dict[str, Any]]) -> list[int]:
    return [int(one["id"]) for one in events]


async def looked(office: Office, application: Any, version: int) -> None:
    """Until the watch has seen this version; two changes within one look are one event."""

    async def there() -> bool:
        kept = office.app.state.watch.seen
        return any(str(k) == application["id"] and v >= version for k, v in kept.items())

    await eventually(there)


async def test_a_stream_shows_the_state_now_then_each_change_and_ends_when_settled(
    office: Office,
):
    ada = office.somebody()
    application = await office.filed(ada)
    stream = follow(ada, application)
    await looked(office, application, 1)
    for version, answer in enumerate(
        [
            issued(application, "licence", "licence-fact"),
            decided(application, "permit"),
            decided(application, "fire", "refused"),
        ],
        start=2,
    ):
        await office.hear(answer)
        if version < 4:
            await looked(office, application, version)

    events = await seen(stream)

    assert kinds(events) == ["progress"] * 4 + ["completed"]
    assert ids(events) == [1, 2, 3, 4, 4]
    shown = [states(one["data"]) for one in events]
    assert shown[0] == {"licence": "requested", "permit": "waiting", "fire": "waiting"}
    assert shown[1]["permit"] == "requested"
    assert events[-1]["data"]["outcome"] == "partly_granted"


async def test_two_who_watch_see_the_same(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    streams = [follow(ada, application) for _ in range(3)]
    await looked(office, application, 1)
    await office.hear(decided(application, "fire"))
    await looked(office, application, 2)
    late = follow(ada, application)
    await asyncio.sleep(0.4)
    await office.hear(decided(application, "tax"))

    first, *others = [await seen(one) for one in streams]

    assert all(one == first for one in others)
    assert ids(first) == [1, 2, 3, 3]
    assert ids(await seen(late)) == [2, 3, 3]


async def test_a_stream_goes_on_after_the_last_event_it_delivered(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", "police")
    await office.hear(decided(application, "fire"))
    stream = follow(ada, application, last="2")
    await asyncio.sleep(0.4)
    await office.hear(decided(application, "tax"))
    await looked(office, application, 3)
    await office.hear(decided(application, "police"))

    assert ids(await seen(stream)) == [3, 4, 4]


@pytest.mark.parametrize("last", ["", "1", "2", "9999", "nonsense", "99999999999", "-1", "²"])
async def test_a_stream_of_a_settled_application_ends_at_once_wherever_it_resumes(
    office: Office, last: str
):
    """A browser comes again by itself when a stream ends; it must not be left hanging."""
    ada = office.somebody()
    application = await office.five(ada, "fire")
    await office.hear(decided(application, "fire"))

    events = await seen(follow(ada, application, last))

    assert kinds(events)[-1] == "completed"
    assert events[-1]["data"]["outcome"] == "granted"


async def test_a_number_from_elsewhere_does_not_hide_what_happens_here(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    stream = follow(ada, application, last="500")
    await asyncio.sleep(0.4)
    await office.hear(decided(application, "fire"))
    await asyncio.sleep(0.4)
    await office.hear(decided(application, "tax"))

    assert kinds(await seen(stream))[-1] == "completed"


async def test_a_stream_ends_quietly_when_its_reader_may_no_longer_see(office: Office):
    ada, agent = office.somebody(), office.somebody()
    body = {"agent": agent.sub, "bundles": ["shop"], "valid_until": "2099-01-01T00:00:00Z"}
    mandate = (await ada.post("/mandates", json=body))["id"]
    application = await office.filed(agent, holder={"mandate": mandate})
    stream = follow(agent, application)
    await looked(office, application, 1)

    await ada("DELETE", f"/mandates/{mandate}")
    await office.hear(issued(application, "licence", "licence-fact"))

    events = await seen(stream)
    assert [states(one["data"])["licence"] for one in events] == ["requested"]


async def test_a_stream_ends_with_the_token_it_was_opened_with(office: Office, monkeypatch):
    monkeypatch.setattr("services.bundle.applications.live.KEEP_ALIVE", 0.1)
    ada = office.somebody()
    application = UUID((await office.five(ada, "fire"))["id"])
    who = Principal(ada.sub, frozenset({"citizen"}), expires=time.time() + 0.5)

    async def whole() -> list[str]:
        return [one async for one in stream(office.app, who, application, 0)]

    told = await asyncio.wait_for(whole(), 10)
    assert any("event: progress" in one for one in told)
    assert not any("event: completed" in one for one in told)


async def test_who_leaves_is_forgotten(office: Office):
    watch: Watch = office.app.state.watch
    application = await office.five(office.somebody(), "fire")
    id_ = UUID(application["id"])
    stream = watch.versions(id_, 0)
    assert await anext(stream) == 1
    assert id_ in watch.listeners

    await stream.aclose()

    assert id_ not in watch.listeners
    assert id_ not in watch.seen


async def test_a_watch_survives_a_database_that_does_not_answer(office: Office):
    watch, sessions = Watch(), office.app.state.sessions
    application = await office.five(office.somebody(), "fire")

    class Away:
        """As when the database restarts."""

        def __call__(self) -> Any:
            raise OSError("connection refused")

    app = SimpleNamespace(state=SimpleNamespace(sessions=Away()))
    running = asyncio.create_task(watch.run(app))  # type: ignore[arg-type]
    stream = watch.versions(UUID(application["id"]), 0)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.4)
    app.state.sessions = sessions

    assert await asyncio.wait_for(first, 5) == 1
    await stream.aclose()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
