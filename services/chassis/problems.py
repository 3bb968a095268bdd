"""Refusals and malformed requests as RFC 9457 problem documents, in Chinese or English."""

import logging
import re
from typing import Any

import orjson
from asyncpg.exceptions import InternalClientError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import telemetry
from services.chassis.errors import (
    Conflict,
    Flaw,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    Stale,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from services.chassis.malformed import flaws

log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Unauthenticated: 401,
    Stale: 412,
    TooLarge: 413,
    Unavailable: 503,
}
MEDIA_TYPE = "application/problem+json"


class Malformed(Invalid):
    """The request does not have the form that is documented."""

    zh = "请求的格式与文档不符。"


class MethodNotAllowed(Refusal):
    """This path does not answer this method."""

    zh = "该路径不支持此方法。"


class Unexpected(Refusal):
    """Something went wrong on our side; it is logged under the trace id."""

    zh = "服务内部出错，已按追踪号记录。"


def language(accept: str) -> str:
    """`zh` or `en` from an Accept-Language header; Chinese where nothing else is asked for."""
    best, chosen = 0.0, "zh"
    for part in accept.split(","):
        tag, _, parameter = part.strip().partition(";")
        primary = tag.strip().lower().partition("-")[0]
        quality = re.fullmatch(r"\s*q=([0-9.]+)\s*", parameter)
        try:
            weight = float(quality[1]) if quality else 1.0
        except ValueError:
            continue
        if primary in ("zh", "en") and weight > best:
            best, chosen = weight, primary
    return chosen


def slug(kind: type[Refusal]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def title(kind: type[Refusal], lang: str) -> str:
    return kind.zh if lang == "zh" else (kind.__doc__ or "").strip().partition("\n")[0]


def document(
    refusal: Refusal, accept: str = "", instance: str = "", status: int | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and the body that tell `refusal` to whoever reads `accept`'s language."""
    lang, kind = language(accept), type(refusal)
    status = status or next((STATUS[k] for k in kind.__mro__ if k in STATUS), 400)
    body: dict[str, Any] = {
        "type": f"/problems/{slug(kind)}",
        "title": title(kind, lang),
        "status": status,
        "detail": (refusal.detail_zh if lang == "zh" else refusal.detail_en) or title(kind, lang),
    }
    if instance:
        body["instance"] = instance
    if trace := telemetry.correlation_id.get():
        body["trace_id"] = trace
    if refusal.errors:
        body["errors"] = [_flaw(flaw, lang) for flaw in refusal.errors]
    return status, body | refusal.members


def _flaw(flaw: Flaw, lang: str) -> dict[str, Any]:
    return {"pointer": flaw.pointer, "detail": flaw.zh if lang == "zh" else flaw.en, **flaw.more}


def response(refusal: Refusal, request: Request, status: int | None = None) -> Response:
    accept = request.headers.get("accept-language", "")
    # The gateway says under which prefix we are reached; nobody else's word for it arrives here.
    path = request.headers.get("x-forwarded-prefix", "") + request.url.path
    status, body = document(refusal, accept, path, status)
    headers = {"content-language": "zh-CN" if language(accept) == "zh" else "en"}
    if refusal.retry_after is not None:
        headers["retry-after"] = str(refusal.retry_after)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return Response(orjson.dumps(body, default=str), status, headers, media_type=MEDIA_TYPE)


async def _on_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return response(refusal, request)


async def _on_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError | ValidationError)
    found = error.errors()
    if any(one["loc"] == ("body",) for one in found) and _not_called_json(request):
        return response(Malformed(errors=[NOT_CALLED_JSON]), request)
    return response(Malformed(errors=flaws(found)), request)


# What curl -d sends where nothing else is said: its JSON arrives as a text.
NOT_CALLED_JSON = Flaw(
    "/header/Content-Type", "应为 application/json。", "This should be application/json."
)


def _not_called_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip()
    return not re.fullmatch(r"application/([\w.-]+\+)?json", kind.lower())


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kinds: dict[int, type[Refusal]] = {404: NotFound, 405: MethodNotAllowed}
    kind = kinds.get(error.status_code, Malformed)
    answer = response(kind(), request, error.status_code)
    answer.headers.update(error.headers or {})  # Allow
    return answer


async def _on_database(request: Request, error: Exception) -> Response:
    """A lost connection or a full pool is an outage to wait out, not a defect: 503, try again."""
    lost = isinstance(error, PoolTimeout | OSError | InternalClientError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
    if _sqlstate(error) in UNSTORABLE:
        flaw = "含有不能保存的字符。", "It has characters that cannot be stored."
        return response(Malformed(*flaw), request)
    if not lost and _sqlstate(error) not in PASSING:
        return await _on_unexpected(request, error)
    log.warning("database unavailable", extra={"error": type(error).__name__})
    return response(Unavailable(retry_after=1), request)


# Deadlock, lock timeout, serialization, too many connections, server shutting down or starting.
PASSING = {"40P01", "40001", "55P03", "53300", "57P01", "57P02", "57P03", "08003", "08006", "08001"}
# A NUL in a text, or half a character.
UNSTORABLE = {"22021", "22P05"}


def _sqlstate(error: Exception) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


async def _on_unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected", exc_info=error, extra={"path": request.url.path})
    return response(Unexpected(), request, 500)


class Unbroken:
    """ASGI middleware: what nobody foresaw is answered and logged here.

    As an exception handler it would run outside all middleware, where Starlette puts the one for
    `Exception`, and the correlation id would be gone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def observed(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, observed)
        except Exception as error:
            if scope["type"] != "http":
                raise
            answer = await _on_unexpected(Request(scope), error)
            if started:
                raise
            await answer(scope, receive, send)


def install(app: FastAPI) -> None:
    app.add_middleware(Unbroken)
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DBAPIError, _on_database)
    app.add_exception_handler(PoolTimeout, _on_database)
    app.add_exception_handler(OSError, _on_database)
    # What the driver says when a connection breaks in the middle of its own exchange.
    app.add_exception_handler(InternalClientError, _on_database)
