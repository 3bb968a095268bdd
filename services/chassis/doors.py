"""Doors beside FastAPI's: for the one request of a service that is asked most.

Resolving a route's dependencies is dear.  A door is ASGI middleware that answers what is plainly in
order, by the route's own policy and model; everything else goes on, body and all, to the route that
the documentation describes.
"""

import re

from starlette.requests import Request
from starlette.types import Message, Receive

JSON = re.compile(r"application/json\s*(;.*)?", re.IGNORECASE)


def sole_key(request: Request) -> str | None:
    """The Idempotency-Key of a JSON request that has just one, and no parameters; None: let the
    route say what is wrong."""
    keys = request.headers.getlist("idempotency-key")
    if request.scope["query_string"] or len(keys) != 1 or not 0 < len(keys[0]) <= 255:
        return None
    return keys[0] if JSON.fullmatch(request.headers.get("content-type", "")) else None


def again(body: bytes, receive: Receive) -> Receive:
    """The body that was read, for whoever reads next."""
    read = False

    async def replay() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
