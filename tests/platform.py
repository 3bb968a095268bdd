"""The four services in one process, each with its own database, on a real broker."""

import asyncio
import base64
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI

import services.approval.main
import services.bundle.main
import services.catalog.main
import services.metrics.main
from deploy.local.tokens import Signer
from services.approval.main import ApprovalSettings
from services.bundle.main import BundleSettings
from services.catalog.main import CatalogSettings
from services.chassis.settings import Settings
from tests import world
from tests.conftest import PARTNERS, FreshDatabase

KEY = base64.b64encode(b"k" * 32).decode()
INDEX_KEY = base64.b64encode(b"i" * 32).decode()
T = TypeVar("T")
numbers = itertools.count()


async def eventually(look: Callable[[], Awaitable[T]], seconds: float = 10) -> T:
    """What `look` finds as soon as it finds something."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.02)
        return found


class Person:
    """Somebody with a token, talking to the services."""

    def __init__(self, platform: "Platform", token: str, sub: str = "") -> None:
        self.platform, self.sub = platform, sub
        self.headers = {"authorization": f"Bearer {token}"}

    async def __call__(self, method: str, path: str, key: str = "", **more: Any) -> httpx.Response:
        """`key`: an Idempotency-Key; a fresh one for POST and decisions where none is given."""
        headers = self.headers | more.pop("headers", {})
        if key or method == "POST" or path.endswith(("/decision", "/result", "/delivery")):
            headers.setdefault("idempotency-key", key or f"key-{next(numbers)}")
        client = self.platform.client_for(path)
        return await client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> Any:
        return _body(await self("GET", path, **more))

    async def put(self, path: str, json: Any = None, **more: Any) -> Any:
        return _body(await self("PUT", path, json={} if json is None else json, **more))

    async def post(self, path: str, json: Any = None, **more: Any) -> Any:
        return _body(await self("POST", path, json=json, **more))


def _body(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    return answer.json()


HOMES = {
    "catalog": (
        "departments",
        "fields",
        "evidence-types",
        "items",
        "crosswalks",
        "drafts",
        "service-points",
        "delegations",
        "lint",
        "retirements",
    ),
    "approval": (
        "approvals",
        "audit",
        "calendars",
        "cards",
        "consultations",
        "results",
        "supervisions",
    ),
    "metrics": ("board", "indicators"),
}


class Platform:
    def __init__(self, clients: dict[str, httpx.AsyncClient], apps: dict[str, FastAPI]) -> None:
        self.clients, self.apps = clients, apps
        self.signer: Signer | None = None

    def client_for(self, path: str) -> httpx.AsyncClient:
        first = path.strip("/").partition("/")[0].partition("?")[0]
        home = next((s for s, prefixes in HOMES.items() if first in prefixes), "bundle")
        return self.clients[home]

    def person(self, role: str, sub: str, **claims: Any) -> Person:
        assert self.signer is not None
        return Person(self, self.signer.mint(sub, role, **claims), sub)

    def citizen(self, sub: str = "ada", **claims: Any) -> Person:
        return self.person("citizen", sub, **claims)

    def officer(self, department: str, sub: str = "wang") -> Person:
        return self.person("officer", sub, department=department)

    async def open_town(self, **changes: Any) -> None:
        """Publish the small world of world.py; `changes` replace parts of the bundle."""
        bureau = self.person("bureau", "li")
        for code, name in world.DEPARTMENTS.items():
            record = {"name": name, "region": world.REGION}
            await bureau.put(f"/departments/{code}", record)
        for path, records in (
            ("fields", world.FIELDS),
            ("evidence-types", world.EVIDENCE),
            ("items", world.ITEMS),
        ):
            for code, record in records.items():
                await bureau.put(f"/{path}/{code}", record)
        await self.publish("shop", world.BUNDLE | changes)

    async def publish(self, code: str, bundle: dict[str, Any]) -> None:
        bureau = self.person("bureau", "li")
        await bureau.put(f"/bundles/{code}", bundle)

        async def published() -> bool:
            answer = await bureau("PUT", f"/bundles/{code}/publication", json={})
            assert answer.status_code in (200, 409), answer.text
            return answer.status_code == 200

        await eventually(published)

    async def upload(self, who: Person, content: bytes = world.PDF) -> str:
        file = {"file": ("plan.pdf", content, "application/pdf")}
        answer = await who("POST", "/uploads", files=file)
        return str(_body(answer)["id"])

    async def plan(self, who: Person, **more: Any) -> Any:
        body = {"answers": world.ANSWERS} | more
        return await who.post("/bundles/shop/compositions", json=body)

    async def filing(self, who: Person, **more: Any) -> dict[str, Any]:
        """A filing of the shop that is right in every way."""
        answers = more.get("answers", world.ANSWERS)
        holder = more.get("holder", {})
        plan = await self.plan(who, answers=answers, holder=holder)
        materials = {m["key"]: [await self.upload(who)] for m in plan["materials"]}
        return {
            "bundle": "shop",
            "plan": plan["digest"],
            "answers": answers,
            "holder": holder,
            "form": {f["field"]: (world.FORM | answers)[f["field"]] for f in plan["form"]},
            "materials": materials,
        } | more

    async def file(self, who: Person, **more: Any) -> Any:
        return await who.post("/applications", json=await self.filing(who, **more))

    async def approval(self, application: str, member: str, department: str) -> dict[str, Any]:
        """The approval of one member, as soon as it lies at its desk."""
        officer = self.officer(department)

        async def at_desk() -> dict[str, Any] | None:
            page = await officer.get(f"/approvals?application={application}")
            return next((one for one in page["items"] if one["member"] == member), None)

        found = await eventually(at_desk)
        assert found is not None
        return found

    async def decide(
        self, approval: dict[str, Any], verdict: str = "granted", **more: Any
    ) -> httpx.Response:
        """Decide as the department's officer; a grant issues its result at once."""
        officer = self.officer(approval["department"])
        body: dict[str, Any] = {"verdict": verdict} | more
        if verdict == "refused":
            body.setdefault("reason_code", "not-enough")
        elif approval["issues"] and "result" not in more:
            content = {"content": world.CONTENT[approval["item"]]}
            path = f"/dossiers/{approval['id']}/result"

            async def stored() -> Any:
                answer = await officer("PUT", path, json=content)
                return answer.json()["digest"] if answer.is_success else None

            digest = await eventually(stored)
            body["result"] = {"digest": digest, "issuer_number": f"N-{next(numbers)}"}
        return await officer("PUT", f"/approvals/{approval['id']}/decision", json=body)

    async def settled(self, who: Person, application: str) -> Any:
        async def outcome() -> Any:
            progress = await who.get(f"/applications/{application}/progress")
            return progress if progress["outcome"] else None

        return await eventually(outcome)


Make = Callable[[], FastAPI]


async def kinds(
    fresh_database: FreshDatabase, nats_url: str, signer: Signer, folder: Path, log_level: str
) -> dict[str, Make]:
    """How to make each service, on a database of its own."""
    common = {"nats_url": nats_url, "oidc_issuer": signer.issuer, "log_level": log_level}
    keys = {"sealing_keys": f"k1:{KEY}", "index_key": INDEX_KEY}
    keys["uploads_url"] = folder.as_uri()
    wanted: dict[str, tuple[Any, Settings]] = {
        "catalog": (
            services.catalog.main.make,
            CatalogSettings(**common, partners=",".join(PARTNERS)),
        ),
        "bundle": (services.bundle.main.make, BundleSettings(**common, **keys)),
        "approval": (
            services.approval.main.make,
            ApprovalSettings(**common, partners=",".join(PARTNERS), signing_keys=f"k1:{KEY}"),
        ),
        "metrics": (services.metrics.main.make, Settings(**common)),
    }
    for name, (_, settings) in wanted.items():
        settings.database_url = await fresh_database(name)
    return {name: partial(make, settings) for name, (make, settings) in wanted.items()}


@asynccontextmanager
async def platform(
    fresh_database: FreshDatabase, nats_url: str, signer: Signer, folder: Path
) -> AsyncIterator[Platform]:
    made = await kinds(fresh_database, nats_url, signer, folder, "WARNING")
    async with running(made, signer) as opened:
        yield opened


@asynccontextmanager
async def running(makers: dict[str, Make], signer: Signer) -> AsyncIterator[Platform]:
    """The services, with all that they do by themselves."""
    async with AsyncExitStack() as stack:
        clients, apps = {}, {}
        for name, make in makers.items():
            app = make()
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            clients[name] = await stack.enter_async_context(client)
            apps[name] = app
        opened = Platform(clients, apps)
        opened.signer = signer
        yield opened
