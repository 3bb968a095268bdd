"""How things are read over HTTP: pages with opaque cursors, and versions as ETags."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

from fastapi import Header, Query
from pydantic import BaseModel

from services.chassis.errors import Flaw, Invalid, Stale

T = TypeVar("T")


class BadCursor(Invalid):
    """This cursor is not one that we gave."""

    zh = "游标无效。"


class Page(BaseModel, Generic[T]):
    """One page; `next` goes into `?cursor=` for the following one and is null on the last."""

    items: list[T]
    next: str | None = None


Limit = Annotated[int, Query(ge=1, le=100, description="条数 / How many, at most.")]
Cursor = Annotated[str | None, Query(max_length=300, description="上一页的 next / `next`.")]
IfMatch = Annotated[str | None, Header(description="读到的 ETag / The ETag that you read.")]


def cursor(position: object) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def position(given: str) -> str:
    try:
        text = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
        if not text.isprintable():  # no database takes it
            raise ValueError
        return text
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from error


def etag(version: int) -> str:
    return f'"{version}"'


def check_match(if_match: str | None, version: int) -> None:
    """Refuse a change that was made on an older reading.  Version 0: there was nothing to read, so
    no If-Match is right, `*` neither."""
    if if_match is None:
        return
    if not version:
        raise Stale("对象还不存在，请不带 If-Match 新建。", "It does not exist: send no If-Match.")
    if if_match.strip() not in ("*", etag(version)):
        raise Stale(f"当前版本是 {version}。", f"It is at version {version} now.", version=version)
