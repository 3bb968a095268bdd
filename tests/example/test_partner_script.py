"""The partner script as a process of its own, on real NATS accounts, killed when it hurts."""

import ast
import asyncio
import json
import os
import sys
import threading
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
import pytest
import uvicorn
from fastapi import FastAPI, Request, Response

from deploy.local import ports
from deploy.local.nats import NatsServer, nats_server
from deploy.nats import config, partners, streams
from tests.example.test_partner_rules import GOOD

SCRIPT = Path(__file__).parents[2] / "deploy" / "example" / "partner.py"
MARKET = partners.Partner(department="market")
USERS = (*config.SERVICES, config.PROVISIONER)
ENV = {config.password_variable(user): f"p-{user}" for user in USERS}
ENV[MARKET.password_variable] = "p-market"


@dataclass
class FarSide:
    """What the script talks to over HTTP: an issuer and dossiers, and how often it was asked."""

    url: str = ""
    away: int = 0
    """So many requests for a dossier are answered 503."""
    read: list[str] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)
    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    approvals: dict[str, dict[str, Any]] = field(default_factory=dict)


def app(far: FarSide) -> FastAPI:
    made = FastAPI()

    @made.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, str]:
        return {"token_endpoint": f"{far.url}/token"}

    @made.post("/token")
    async def token() -> dict[str, Any]:
        return {"access_token": "market's", "expires_in": 3600}

    @made.get("/api/dossiers/{approval}")
    async def dossier(approval: str, request: Request) -> Any:
        far.read.append(approval)
        if request.headers["authorization"] != "Bearer market's":
            return Response(status_code=401)
        if far.away:
            far.away -= 1
            return Response(status_code=503)
        return far.dossiers[approval]

    @made.get("/api/approvals/{approval}")
    async def approval(approval: str) -> dict[str, Any]:
        return far.approvals[approval]

    @made.put("/api/dossiers/{approval}/result")
    async def result(approval: str) -> dict[str, str]:
        far.stored.append(approval)
        return {"digest": "sha256:" + "0" * 64}

    return made


@pytest.fixture(scope="module")
def far() -> Iterator[FarSide]:
    far = FarSide()
    port = ports.free_port()
    far.url = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(app(far), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield far
    server.should_exit = True
    thread.join(5)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    folder = tmp_path_factory.mktemp("nats")
    with nats_server(folder, config.hub([MARKET]), env=ENV) as server:
        asyncio.run(provision(server))
        yield server


async def provision(server: NatsServer) -> None:
    """As in production, but a message that was not acked comes again after one second."""
    url = server.url_for(config.PROVISIONER, ENV[config.password_variable(config.PROVISIONER)])
    await streams.provision(url, [MARKET])
    connection = await nats.connect(url, inbox_prefix=f"_INBOX_{config.PROVISIONER}")
    consumer = streams.partner_consumer(MARKET, 1)
    consumer.ack_wait = 1
    await connection.jetstream().add_consumer(MARKET.stream, consumer)
    await connection.close()


@asynccontextmanager
async def running(
    broker: NatsServer, far: FarSide, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    env = os.environ | {
        "NATS_URL": broker.url_for("market", "p-market"),
        "GATEWAY_URL": far.url,
        "OIDC_ISSUER": far.url,
        "CLIENT_ID": "partner-market",
        "CLIENT_SECRET": "secret",
        "DEPARTMENT": "market",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, str(SCRIPT), env=env | more)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            # -15: the signal came before the script was ready for it, on a loaded machine.
            assert await asyncio.wait_for(process.wait(), 10) in (0, -9, -15)


@dataclass
class Platform:
    """What approval sees: it opens approvals and reads the department's inbox."""

    connection: nats.NATS
    admin: nats.NATS
    far: FarSide

    async def open(self, item: str, gaps: Sequence[Any] = (), **wrong: Any) -> str:
        approval, case = str(uuid.uuid4()), GOOD[item]
        contents = [{"evidence": kind, "content": said} for kind, said in case.issued.items()]
        dossier = {"fields": case.said | wrong, "evidence": contents, "gaps": list(gaps)}
        self.far.dossiers[approval] = dossier
        await self.tell(approval, item)
        return approval

    async def tell(self, approval: str, item: str) -> None:
        opened = {"approval": approval, "item": item, "issues": "licence-fact"}
        opened["opened_at"] = "2026-11-24T08:00:00Z"
        event = {"type": "partner.approval.opened", "data": opened}
        told = json.dumps(event).encode()
        await self.connection.jetstream().publish("partner.market.approval.opened", told)

    async def amend(self, approval: str, state: str = "accepted") -> None:
        """What was left for later has come."""
        self.far.dossiers[approval]["gaps"] = []
        shown = {"id": approval, "state": state, "filing": "first", "item": "licence-check"}
        shown |= {"issues": "licence-fact", "issued_at": None, "opened_at": "2026-11-24T08:00:00Z"}
        self.far.approvals[approval] = shown
        data = {"approval": approval, "because": "deferral", "evidence": ["photo:owner"]}
        event = {"id": str(uuid.uuid4()), "type": "partner.dossier.amended", "data": data}
        for _ in range(2):  # at least once
            told = json.dumps(event).encode()
            await self.connection.jetstream().publish("partner.market.dossier.amended", told)

    async def said(self, approval: str) -> list[dict[str, Any]]:
        """All messages about an approval in the inbox, oldest first."""
        jetstream = self.admin.jetstream()
        count = (await jetstream.stream_info(MARKET.inbox)).state.messages
        messages = [await jetstream.get_msg(MARKET.inbox, seq=n + 1) for n in range(count)]
        documents = [json.loads(message.data or b"{}") for message in messages]
        return [one for one in documents if one["subject"] == approval]

    async def quiet(self) -> None:
        """Wait until everything the department was told is seen to."""
        for _ in range(100):
            info = await self.admin.jetstream().consumer_info(MARKET.stream, "market")
            if info.num_pending == info.num_ack_pending == 0:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"not seen to: {info}")


def gap(material: str, until: str | None) -> list[dict[str, Any]]:
    """What a filing left for later."""
    return [{"material": material, "until": until}]


@pytest.fixture
async def platform(broker: NatsServer, far: FarSide) -> AsyncIterator[Platform]:
    made = []
    for user in ("approval", config.PROVISIONER):
        url = broker.url_for(user, ENV[config.password_variable(user)])
        made.append(await nats.connect(url, inbox_prefix=f"_INBOX_{user}"))
    yield Platform(made[0], made[1], far)
    for connection in made:
        await connection.close()


async def test_it_decides_from_the_dossier_and_says_so(broker, far, platform) -> None:
    good = await platform.open("licence-check")
    bad = await platform.open("licence-check", business_scope="服装零售")

    async with running(broker, far):
        await platform.quiet()

    [granted], [refused] = await platform.said(good), await platform.said(bad)
    assert granted["type"] == "in.decision" and granted["specversion"] == "1.0"
    assert granted["data"]["verdict"] == "granted"
    assert granted["data"]["result"]["digest"].startswith("sha256:")
    assert refused["data"] == {
        "approval": bad,
        "verdict": "refused",
        "reason_code": "scope-lacks-catering",
    }
    assert good in far.stored and bad not in far.stored


async def test_killed_before_it_answers_it_answers_after_the_restart(broker, far, platform) -> None:
    async with running(broker, far, DECISION_DELAY="30") as process:
        approval = await platform.open("licence-check")
        while approval not in far.read:
            await asyncio.sleep(0.02)
        process.kill()

    assert await platform.said(approval) == []
    async with running(broker, far):
        await platform.quiet()
    assert len(await platform.said(approval)) == 1


async def test_told_again_it_says_the_same_message(broker, far, platform) -> None:
    """Killed after its answer and before the ack: the message comes again."""
    approval = await platform.open("licence-check")
    await platform.tell(approval, "licence-check")

    async with running(broker, far):
        await platform.quiet()

    assert far.read.count(approval) == 2
    assert len(await platform.said(approval)) == 1


async def test_it_waits_out_a_platform_that_is_away(broker, far, platform) -> None:
    far.away = 3
    approval = await platform.open("licence-check")

    async with running(broker, far):
        await platform.quiet()

    assert len(await platform.said(approval)) == 1


async def test_it_grants_when_what_is_due_before_the_grant_has_come(broker, far, platform) -> None:
    """Its first answer may have been refused meanwhile: the second is a message of its own."""
    approval = await platform.open("licence-check", gap("photo:owner", None))
    wrong = await platform.open(
        "licence-check", gap("photo:owner", None), business_scope="服装零售"
    )

    async with running(broker, far):
        await platform.quiet()
        assert await platform.said(approval) == []
        await platform.amend(approval)
        await platform.quiet()

    [granted] = await platform.said(approval)
    assert (granted["type"], granted["data"]["verdict"]) == ("in.decision", "granted")
    assert granted["data"]["result"]
    assert granted["id"] != str(uuid.uuid5(uuid.UUID(approval), "decision"))
    [refused] = await platform.said(wrong)
    assert refused["data"]["verdict"] == "refused", "what is wrong anyhow waits for nothing"


async def test_it_issues_later_what_waits_for_a_material_with_a_day(broker, far, platform) -> None:
    approval = await platform.open("licence-check", gap("photo:owner", "2026-12-08"))

    async with running(broker, far):
        await platform.quiet()
        [granted] = await platform.said(approval)
        await platform.amend(approval, "granted")
        await platform.quiet()

    assert granted["data"] == {"approval": approval, "verdict": "granted"}
    [_, issued] = await platform.said(approval)
    assert issued["type"] == "in.result"
    assert issued["data"]["result"]["digest"].startswith("sha256:")


async def test_what_it_has_no_rule_for_it_leaves_to_the_officers(broker, far, platform) -> None:
    approval = str(uuid.uuid4())
    await platform.tell(approval, "pharmacy-licence")

    async with running(broker, far):
        await platform.quiet()

    assert await platform.said(approval) == [] and approval not in far.read


def test_it_imports_nothing_of_ours() -> None:
    for file in (SCRIPT, SCRIPT.with_name("partner_rules.py")):
        imported = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(str(node.module).partition(".")[0])
        own = imported - set(sys.stdlib_module_names) - {"nats", "httpx", "partner_rules"}
        assert not own, file.name
