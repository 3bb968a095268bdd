"""A request with a parameter that nobody reads is refused, as a body with a member too many is.

Otherwise `?status=open`, where it is called `state`, would be answered with everything, and
`?dryrun=true`, where it is called `dry_run`, would be done.
"""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.chassis.errors import Flaw
from services.chassis.malformed import pointer
from services.chassis.problems import Malformed

NO_SUCH = "没有这个查询参数；可用的有：{}。", "There is no such parameter; there are: {}."
NONE = "这个路径没有查询参数。", "This path takes no parameters."


async def known(request: Request) -> None:
    """Raises Malformed for query parameters that the route does not declare."""
    if not request.scope["query_string"]:
        return
    route: APIRoute = request.scope["route"]
    if not route.include_in_schema:
        return  # probes and scrapers ask as they like
    names = sorted(_declared(route))
    zh, en = NO_SUCH if names else NONE
    flaws = [
        Flaw(pointer(("query", name)), *said(zh, en, names))
        for name in dict.fromkeys(request.query_params)
        if name not in names
    ]
    if flaws:
        raise Malformed(errors=flaws)


def said(zh: str, en: str, names: list[str]) -> tuple[str, str]:
    return zh.format("、".join(names)), en.format(", ".join(names))


def _declared(route: APIRoute) -> set[str]:
    return {one.alias for part in flat(route.dependant) for one in part.query_params}


def flat(dependant: Dependant) -> Iterator[Dependant]:
    """A route's dependant and all that it depends on."""
    yield dependant
    for one in dependant.dependencies:
        yield from flat(one)
