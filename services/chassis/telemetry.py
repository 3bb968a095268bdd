"""Structured logs with one correlation id from the gateway to the last event, and Prometheus.

(Not "metrics": that is a service.)  Log records carry ids and codes, never a body, a query string
or a value somebody typed: they are read by people who may not see personal data.
"""

import functools
import logging
import sys
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import UUID

import orjson
import uuid_utils
from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")

REQUESTS = Histogram("http_request_seconds", "Time to answer.", ["method", "route", "status"])
HANDLED = Counter("events_handled_total", "Events acted on, once each.", ["consumer", "type"])
PARKED = Counter("events_parked_total", "Events that failed for certain.", ["consumer"])
PUBLISHED = Counter("outbox_published_total", "Events acknowledged by the broker.")
WAITING = Gauge("outbox_waiting", "Recorded events not published yet, as last scanned.")

RECORD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line; whatever is passed as `extra` becomes a field."""

    def __init__(self, service: str, replica: str) -> None:
        super().__init__()
        self.fixed = {"service": service, "replica": replica}

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            **self.fixed,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if correlation := correlation_id.get():
            line["correlation"] = correlation
        line |= {k: v for k, v in vars(record).items() if k not in RECORD_FIELDS}
        if record.exc_info:
            line["exception"] = trace(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def trace(error: BaseException | None) -> str:
    """Where an exception came from, its causes first, each with the first line of its message.

    On further lines drivers and Pydantic quote: whole rows, and values that somebody typed.
    """
    told: list[str] = []
    while error is not None:
        frames = "".join(traceback.format_tb(error.__traceback__))
        told.append(f"{frames}{type(error).__name__}: {str(error).partition(chr(10))[0]}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\nthen\n".join(reversed(told))


def start_logging(service: str, replica: str, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service, replica))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("nats").setLevel("CRITICAL")  # it logs outages we report ourselves
    logging.getLogger("httpx").setLevel("WARNING")
    # No line of ours names its place in the source, its thread or its process, and to find them out
    # costs as much as the line: the ways to do without that logging's own manual names.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def new_correlation_id() -> str:
    return str(uuid_utils.uuid7())


def accept_correlation_id(offered: str) -> str:
    """Take over a caller's id if it is a UUID, so that nobody can write into our logs."""
    if not offered:
        return new_correlation_id()
    try:
        return str(UUID(offered))
    except ValueError:
        return new_correlation_id()


class Correlated:
    """ASGI middleware: sets the correlation id, echoes it, and measures every request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        offered = next((v for k, v in scope["headers"] if k == b"x-correlation-id"), b"")
        correlation = accept_correlation_id(offered.decode("latin-1"))
        # Never reset: each request has a context of its own, and whoever answers an exception that
        # leaves us, outside, still needs the id.
        correlation_id.set(correlation)
        started, status = time.perf_counter(), "500"

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
                message["headers"] = [
                    *message["headers"],
                    (b"x-correlation-id", correlation.encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, observed)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            _requests(scope["method"], route, status).observe(time.perf_counter() - started)


@functools.cache
def _requests(method: str, route: str, status: str) -> Histogram:
    """To find a counter by its labels costs twice what it costs to count."""
    return REQUESTS.labels(method, route, status)
