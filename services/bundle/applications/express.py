"""The door of the swift way: a filing that is in order does not pass through FastAPI.

See chassis/doors.py.  It judges nothing by itself: it uses the route's own policy and model.
"""

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.bundle.applications import api
from services.bundle.applications.bodies import FilingBody
from services.bundle.applications.swift import Sent
from services.chassis import doors
from services.chassis.errors import Refusal

PATH = "/applications"
ROUTE = next(route for route in api.router.routes if getattr(route, "name", "") == "submit")


class Express:
    """ASGI middleware, inside the one that answers what nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "POST" or scope["path"] != PATH:
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return None  # nobody is there to be answered
        answer = await _swiftly(request, body)
        if answer is None:
            return await self.app(scope, doors.again(body, receive), send)
        scope["route"] = ROUTE  # for the histogram
        return await answer(scope, receive, send)


async def _swiftly(request: Request, body: bytes) -> Response | None:
    key = doors.sole_key(request)
    if key is None:
        return None
    try:
        who = await api.APPLICANT(request)
        filing = api.filing_of(FilingBody.model_validate_json(body))
    except (Refusal, ValidationError):
        return None
    state = request.app.state
    answer = await state.swift.file(who, filing, Sent(request.scope["path"], key, body), api.told)
    if answer is None:
        return None
    state.relay.wake()
    headers, text = answer
    return Response(text, 201, headers, media_type="application/json")
