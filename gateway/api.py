"""Everything below `/api`: the stations of the door in order, and one log line for each request."""

import logging
import time

from starlette.types import Receive, Scope, Send

from gateway.door import Door, address
from gateway.operations import Operations
from gateway.proxy import Proxy
from gateway.refusals import ClientGone, MethodNotAllowed
from gateway.routes import destination
from gateway.visit import Visit
from services.chassis.errors import Refusal
from services.chassis.problems import Unexpected

log = logging.getLogger("gateway.access")

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE"})
ALLOW = ", ".join(sorted(METHODS))


class Api:
    """The ASGI app for `/api`."""

    def __init__(self, door: Door, proxy: Proxy, operations: Operations) -> None:
        self._door = door
        self._proxy = proxy
        self._operations = operations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(scope, receive, send, address(scope.get("client")))
        started = time.perf_counter()
        try:
            await self._answer(visit)
        except Refusal as refusal:
            await visit.refuse(refusal)
        except ClientGone:
            visit.status = 499
        except Exception:
            log.exception("unexpected")
            if visit.status:
                raise
            await visit.refuse(Unexpected(), 500)
        finally:
            _write_down(visit, time.perf_counter() - started)

    async def _answer(self, visit: Visit) -> None:
        target = destination(visit.scope["raw_path"])
        if visit.scope["method"] not in METHODS:
            raise MethodNotAllowed(allow=ALLOW)
        await self._door.identify(visit)
        operation = self._door.authorise(visit, target)
        if target.service is None:
            await self._operations.answer(visit, target.path)
        else:
            await self._proxy.forward(visit, target, operation)


def _write_down(visit: Visit, seconds: float) -> None:
    """Templates and ids only: no path as typed, no query, no body, no address."""
    operation = visit.operation
    # Read by chassis.telemetry's request metrics as well.
    visit.scope["route"] = operation
    log.info(
        "request",
        extra={
            "method": visit.scope["method"],
            "route": operation.path if operation else "refused",
            "status": visit.status,
            "ms": round(seconds * 1000, 1),
            "sub": visit.principal.sub if visit.principal else None,
        },
    )
