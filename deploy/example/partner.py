"""A partner department's own system, as small as can be: listens and answers over NATS.

It reads dossiers over HTTPS and decides from what they say.  Needs nats, httpx, the standard
library and `partner_rules.py`, the department's rules, beside it; run as a script.  Whatever it
says about an approval is the same each time it is asked, so it may be killed at any moment and
simply goes on.
"""

import asyncio
import contextlib
import json
import os
import signal
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from partner_rules import RULES, Answer, Case, Json, judge  # type: ignore[import-not-found]

AT_ONCE = 16
MOST_ABSENT = 8
DEAF_AFTER = 15.0
"""Seconds of a silent server after which the connection is replaced: the client can hang."""


class NotOurs(Exception):
    """The platform shows us no such dossier (any more)."""


class Deaf(Exception):
    """Nothing was heard of the server for too long."""


class Platform:
    """Dossiers over HTTP.  Waits out outages; raises NotOurs where waiting would not help."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.token, self.until = "", 0.0

    async def ask(self, method: str, path: str, **request: Any) -> Json:
        """A 404 may mean "not yet"; one that stays means that nobody waits for us any more."""
        pause, absent = 0.1, 0
        while True:
            with contextlib.suppress(httpx.HTTPError):
                answer = await self.send(method, path, **request)
                if answer.is_success:
                    return dict(answer.json())
                if answer.status_code == 401:
                    self.until = 0.0
                absent += answer.status_code == 404
                later = answer.status_code >= 500 or "retry-after" in answer.headers
                if absent > MOST_ABSENT or not (later or answer.status_code == 401):
                    raise NotOurs(f"no longer ours: {method} {path}: {answer.status_code}")
            await asyncio.sleep(pause)
            pause = min(2 * pause, 3.0)

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {await self.bearer()}"}
        url = os.environ["GATEWAY_URL"].rstrip("/") + path
        return await self.client.request(method, url, headers=headers, **request)

    async def bearer(self) -> str:
        """The department's token, renewed when four fifths of its life are over."""
        if time.monotonic() < self.until:
            return self.token
        issuer = os.environ["OIDC_ISSUER"].rstrip("/")
        found = await self.client.get(f"{issuer}/.well-known/openid-configuration")
        found.raise_for_status()
        given = await self.client.post(
            found.json()["token_endpoint"],
            data={"grant_type": "client_credentials"},
            auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
        )
        given.raise_for_status()
        self.token = given.json()["access_token"]
        self.until = time.monotonic() + given.json().get("expires_in", 300) * 0.8
        return self.token


class Partner:
    """Pulls what lies at its desk, answers it, and only then says that it has been seen to."""

    def __init__(self, department: str, platform: Platform) -> None:
        self.department, self.platform = department, platform
        self.delay = float(os.environ.get("DECISION_DELAY", "0"))
        folder = os.environ.get("STATE_DIR")
        self.journal = Path(folder) / f"partner-{department}.jsonl" if folder else None

    def tell(self, *words: object) -> None:
        print(f"{self.department}:", *words, flush=True)

    async def see_to(self, jetstream: Any, message: Any) -> None:
        """One message from first look to ack; without the ack it comes again."""
        beat = asyncio.create_task(still_here(message))
        try:
            await self.read(jetstream, json.loads(message.data))
            await message.ack_sync(timeout=5)
        except NatsError as error:
            self.tell("an answer has to wait:", type(error).__name__)
        finally:
            beat.cancel()

    async def read(self, jetstream: Any, event: Json) -> None:
        kind, data = event["type"].removeprefix("partner."), event["data"]
        if kind in ("approval.opened", "dossier.amended"):
            try:
                if kind == "approval.opened":
                    await self.answer(jetstream, data)
                else:
                    await self.answer_again(jetstream, data["approval"], event["id"])
            except NotOurs as gone:
                self.tell(gone)
        elif kind != "answer.accepted":
            self.tell(kind, json.dumps(data, ensure_ascii=False))

    async def answer(self, jetstream: Any, opened: Json, occasion: str = "") -> None:
        """Read the dossier, decide, store the result's content, say the decision.

        What the filing left for later (容缺) holds up the certificate; without a day of its own
        it holds up the grant, too.
        """
        approval, item = opened["approval"], opened["item"]
        later = opened.get("filing", "first") != "first"
        if item not in RULES or later:  # our rules know first filings only
            self.tell(item, approval, "is left to the officers")
            return
        dossier = await self.platform.ask("GET", f"/api/dossiers/{approval}")
        await asyncio.sleep(self.delay)
        answer = judge(item, Case(approval, dossier["fields"], contents(dossier)))
        gaps = dossier.get("gaps", [])
        if answer.verdict == "granted" and any(not gap["until"] for gap in gaps):
            self.tell(item, approval, "waits for", *(gap["material"] for gap in gaps))
            return
        data: Json = {"approval": approval, "verdict": answer.verdict}
        if answer.reason_code:
            data["reason_code"] = answer.reason_code
        elif opened.get("issues") and not gaps:
            data["result"] = await self.store(opened, answer)
        await self.say(jetstream, "decision", approval, data, occasion)
        self.tell(item, approval, answer.verdict, answer.reason_code or "")

    async def answer_again(self, jetstream: Any, approval: str, occasion: str) -> None:
        """What lies in the dossier has changed: decide now, or issue what was granted without."""
        found = await self.platform.ask("GET", f"/api/approvals/{approval}")
        opened = found | {"approval": approval}
        if found["state"] == "accepted":
            await self.answer(jetstream, opened, occasion)
        elif found["state"] == "granted" and found["issues"] and not found["issued_at"]:
            await self.issue(jetstream, opened, occasion)

    async def issue(self, jetstream: Any, opened: Json, occasion: str) -> None:
        """The certificate of an earlier grant, once all that it waited for has come."""
        approval, item = opened["approval"], opened["item"]
        dossier = await self.platform.ask("GET", f"/api/dossiers/{approval}")
        if item not in RULES or opened["filing"] != "first" or dossier.get("gaps"):
            return
        answer = judge(item, Case(approval, dossier["fields"], contents(dossier)))
        if answer.verdict == "granted":
            data = {"approval": approval, "result": await self.store(opened, answer)}
            await self.say(jetstream, "result", approval, data, occasion)
            self.tell(item, approval, "issued")

    async def store(self, opened: Json, answer: Answer) -> Json:
        """The content stays on the platform, the message carries its digest and our number."""
        path = f"/api/dossiers/{opened['approval']}/result"
        stored = await self.platform.ask("PUT", path, json={"content": answer.content})
        result = {"digest": stored["digest"], "issuer_number": answer.issuer_number}
        if answer.valid_days:
            opened_on = date.fromisoformat(opened["opened_at"][:10])
            result["valid_until"] = (opened_on + timedelta(answer.valid_days)).isoformat()
        return result

    async def say(
        self, jetstream: Any, what: str, approval: str, data: Json, occasion: str = ""
    ) -> None:
        """Returns when the platform holds the message.

        Its id is made from the approval, and from the `occasion` of a second answer: said again
        after a kill, it is the same message.
        """
        message = {
            "specversion": "1.0",
            "id": str(uuid.uuid5(uuid.UUID(approval), f"{what} {occasion}".strip())),
            "source": f"/partners/{self.department}",
            "type": f"in.{what}",
            "subject": approval,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "datacontenttype": "application/json",
            "data": data,
        }
        body = json.dumps(message, ensure_ascii=False).encode()
        named = {"Nats-Msg-Id": message["id"]}
        await jetstream.publish(f"in.{what}", body, timeout=5, headers=named)
        if self.journal:
            with self.journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"id": message["id"], **data}) + "\n")


def contents(dossier: Json) -> dict[str, Json]:
    """By evidence type, what the results carry that this approval builds on."""
    held = dossier["evidence"]
    return {piece["evidence"]: piece["content"] for piece in held if piece.get("content")}


async def still_here(message: Any) -> None:
    """Keeps a message ours while an outage is waited out."""
    while True:
        await asyncio.sleep(10)
        with contextlib.suppress(NatsError):
            await message.in_progress()


async def hear(partner: Partner, connection: Client) -> None:
    """Pull one message at a time, see to many at once.

    A leaf node that has not linked up answers "no responders", a restarting server not at all.
    """
    jetstream = connection.jetstream(prefix="partner.API")
    consumer, stream = partner.department, f"PARTNER_{partner.department}"
    subscription = await jetstream.pull_subscribe_bind(consumer=consumer, stream=stream)
    room, last_heard = asyncio.Semaphore(AT_ONCE), time.monotonic()
    async with asyncio.TaskGroup() as group:
        while True:
            await room.acquire()
            try:
                [message] = await subscription.fetch(1, timeout=2)
            except NatsError as error:
                room.release()
                last_heard = await listened(connection, last_heard, error)
                continue
            last_heard = time.monotonic()
            task = group.create_task(partner.see_to(jetstream, message))
            task.add_done_callback(lambda _: room.release())


async def listened(connection: Client, last_heard: float, error: NatsError) -> float:
    """After an empty fetch: when the server last gave a sign of life."""
    try:
        await connection.flush(2)
        last_heard = time.monotonic()
    except (NatsError, TimeoutError):
        if time.monotonic() - last_heard > DEAF_AFTER:
            raise Deaf() from error
    if not isinstance(error, TimeoutError):
        await asyncio.sleep(0.25)
    return last_heard


async def stay_connected(partner: Partner) -> None:
    """For ever: connect, hear, and start anew with a new client when the old one hangs."""
    while True:
        try:
            connection = await nats.connect(
                os.environ["NATS_URL"].split(","),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                ping_interval=5,
                max_outstanding_pings=2,
            )
            try:
                partner.tell("connected")
                await hear(partner, connection)
            finally:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(connection.close(), 3)
        except* (NatsError, OSError, TimeoutError, Deaf) as errors:
            partner.tell("connecting again:", repr(errors.exceptions[0]))
        await asyncio.sleep(1)


async def main() -> None:
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        partner = Partner(os.environ["DEPARTMENT"], Platform(client))
        working = asyncio.create_task(stay_connected(partner))
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, working.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await working


if __name__ == "__main__":
    asyncio.run(main())
