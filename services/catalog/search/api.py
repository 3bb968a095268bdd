"""What may be asked of a search over HTTP; the routes that answer are those of what is found."""

from typing import Annotated, Any

from fastapi import Depends, Query

from services.catalog.search.finding import Wanted
from services.catalog.search.rules import asked
from services.contracts.items import Audience, Level

SEVERAL = "可重复，任一即可 / May be repeated: any of them."
Coded = Annotated[str, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
Kind = Annotated[str, Query(max_length=8)]
Region = Annotated[str, Query(max_length=32)]
Depth = Annotated[int, Query(ge=1, le=4)]
Words = Annotated[
    str,
    Query(
        max_length=100,
        description="名称的任意部分、拼音或首字母、编码、部门名称；各词都要符合 / Any part of a "
        "name, its pinyin or initials, a code, a department; every word must be found.",
    ),
]
AnyOf = Query(description=SEVERAL)


async def _wanted(
    q: Words = "",
    department: Annotated[list[Coded], AnyOf] = [],  # noqa: B006
    kind: Annotated[list[Kind], AnyOf] = [],  # noqa: B006
    level: Annotated[list[Level], AnyOf] = [],  # noqa: B006
    online_depth: Annotated[list[Depth], AnyOf] = [],  # noqa: B006
    region: Annotated[list[Region], AnyOf] = [],  # noqa: B006
    audience: Audience | None = None,
) -> Wanted:
    several: dict[str, list[Any]] = {
        "department": department,
        "kind": kind,
        "level": level,
        "online_depth": online_depth,
        "region": region,
    }
    return Wanted(asked(q), {name: tuple(found) for name, found in several.items()}, audience)


Search = Annotated[Wanted, Depends(_wanted)]
