"""`Idempotency-Key`: a request sent again gets the answer it got, and has its effect once.

The key's row is written first and in the effect's own transaction: of fifty equal requests at once
one goes on, the others wait on the row and then read the answer.  A refusal rolls the row back, so
a request that was refused, or met an outage, runs again when it is sent again.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import (
    Column,
    DateTime,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import driver
from services.chassis.database import Tx
from services.chassis.errors import Flaw, Invalid


class KeyReused(Invalid):
    """This Idempotency-Key was used for another request; take a new one."""

    zh = "这个 Idempotency-Key 已用于另一请求，请换一个。"


class KeyMissing(Invalid):
    """This request needs an Idempotency-Key."""

    zh = "这个请求需要 Idempotency-Key。"


CHOOSE_ONE = (
    "请为这次操作自选一个不重复的值（至多 255 个字符，如 UUID）；重试时用同一个值。",
    "Choose a value of your own for this one act, up to 255 characters (a UUID will do), and send "
    "the same one when you try again.",
)


def idempotency_table(metadata: MetaData) -> Table:
    return Table(
        "idempotency",
        metadata,
        Column("caller", String(400), nullable=False),
        Column("route", String(300), nullable=False),
        Column("key", String(255), nullable=False),
        Column("fingerprint", String(64), nullable=False),
        Column("status", SmallInteger),
        Column("headers", JSONB),
        Column("body", Text),
        Column("made_at", DateTime(timezone=True), server_default=func.now(), nullable=False),
        PrimaryKeyConstraint("caller", "route", "key", name="pk_idempotency"),
    )


ARRIVE = """
    INSERT INTO idempotency (caller, route, key, fingerprint) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING RETURNING 1
"""
KEEP = """
    UPDATE idempotency SET status = $4, headers = $5::jsonb, body = $6
    WHERE caller = $1 AND route = $2 AND key = $3
"""
FIRST = """
    SELECT fingerprint, status, headers, body FROM idempotency
    WHERE caller = $1 AND route = $2 AND key = $3
"""


class Once:
    """Runs an effect once per (caller, route, key)."""

    def __init__(self, request: Request, tx: AsyncSession, key: str | None) -> None:
        self.request, self.tx, self.key = request, tx, key

    async def __call__(
        self,
        caller: str,
        effect: Callable[[], Awaitable[BaseModel]],
        status: int = 200,
        headers: Callable[[Any], dict[str, str]] = lambda answer: {},
        fingerprint: str | None = None,
    ) -> Response:
        """The answer of `effect`, or of its first run.  `fingerprint` replaces the JSON body's."""
        if self.key is None:
            raise KeyMissing(errors=[Flaw("/header/Idempotency-Key", *CHOOSE_ONE)])
        fingerprint = fingerprint or canonical(await self.request.body())
        row = (caller, self.request.url.path, self.key)
        if not await driver.fetch(self.tx, ARRIVE, *row, fingerprint):
            return await self._replay(row, fingerprint)
        answer = await effect()
        body, told = answer.model_dump_json(), headers(answer)
        await driver.execute(self.tx, KEEP, *row, status, orjson.dumps(told).decode(), body)
        return Response(body, status, told, media_type="application/json")

    async def _replay(self, row: tuple[str, str, str], fingerprint: str) -> Response:
        [first] = await driver.fetch(self.tx, FIRST, *row)
        if first["fingerprint"] != fingerprint:
            raise KeyReused()
        headers = first["headers"] | {"idempotent-replay": "true"}
        return Response(first["body"], first["status"], headers, media_type="application/json")


def canonical(body: bytes) -> str:
    """Equal JSON has an equal fingerprint, however it is spaced or ordered."""
    try:
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return hashlib.sha256(body).hexdigest()
    return hashlib.sha256(body).hexdigest()


Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255)]


async def _once(request: Request, tx: Tx, key: Key = None) -> Once:
    return Once(request, tx, key)  # async, or FastAPI would send it through a thread


OnceOnly = Annotated[Once, Depends(_once)]
