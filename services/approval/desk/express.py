"""The door of the swift way: a decision that is in order does not pass through FastAPI.

Resolving a route's dependencies costs a third of a decision, and nothing is asked more often.  See
chassis/doors.py: this one judges nothing by itself, it uses the route's own policy and model.
"""

import re
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from services.approval.desk import api, rules
from services.approval.desk.batches import Once
from services.approval.desk.rules import State
from services.approval.desk.swift import Wish
from services.chassis import doors, problems
from services.chassis.errors import Refusal

PATH = re.compile(r"/approvals/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/decision")
ROUTE = next(route for route in api.router.routes if getattr(route, "name", "") == "decide")


class Express:
    """ASGI middleware, inside the one that answers what nobody foresaw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"]) if scope.get("method") == "PUT" else None
        if found is None:
            return await self.app(scope, receive, send)
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return None  # nobody is there to be answered
        answer = await _swiftly(request, UUID(found[1]), body)
        if answer is None:
            return await self.app(scope, doors.again(body, receive), send)
        scope["route"] = ROUTE  # for the histogram
        return await answer(scope, receive, send)


async def _swiftly(request: Request, approval: UUID, body: bytes) -> Response | None:
    key = doors.sole_key(request)
    matches = request.headers.getlist("if-match")
    if key is None or len(matches) > 1:
        return None
    try:
        who = await api.DESK(request)
        decision = api.Decision.model_validate_json(body)
    except (Refusal, ValidationError):
        return None
    if decision.explanation:
        return None  # rare, and a column more to write
    wish = Wish(
        approval,
        api.department_of(who),
        State(decision.verdict),
        decision.reason_code,
        decision.result,
        who.sub,
        matches[0] if matches else None,
        Once(api.caller(who), request.scope["path"], key, body),
    )
    try:
        answer = await request.app.state.swift.decide(wish, api.shown)
    except rules.ApprovalUnknown as absent:
        return problems.response(absent, request)
    if answer is None:
        return None
    request.app.state.relay.wake()
    return Response(answer[1], headers=answer[0], media_type="application/json")
