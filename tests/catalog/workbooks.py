"""Workbooks as editors make them, and files that only look like workbooks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import xlsxwriter

from tests.platform import Person

Rows = Sequence[Sequence[Any]]
HEADER = ["事项代码", "事项名称", "实施主体", "行政区划", "承诺办结时限"]


@dataclass(frozen=True)
class Formula:
    """A cell with a formula; its value as Excel last saw it."""

    text: str
    value: Any = ""


def workbook(
    sheets: Mapping[str, Rows],
    hidden: Sequence[str] = (),
    more: Callable[[xlsxwriter.Workbook], None] = lambda made: None,
) -> bytes:
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for title, rows in sheets.items():
            page = made.add_worksheet(title)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if isinstance(value, Formula):
                        page.write_formula(number, place, value.text, None, value.value)
                    elif isinstance(value, datetime):
                        page.write_datetime(number, place, value, day)
                    elif value != "" and value is not None:
                        page.write(number, place, value)
            if title in hidden:
                page.hide()
        more(made)
    return held.getvalue()


def items(*rows: Sequence[Any], header: Sequence[str] = HEADER, **sheets: Rows) -> bytes:
    return workbook({"事项": [header, *rows], **sheets})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def send(
    who: Person, content: bytes, dry: bool = False, key: str = "", **query: Any
) -> httpx.Response:
    files = {"file": ("items.xlsx", content, "application/octet-stream")}
    params = query | ({"dry_run": "true"} if dry else {})
    return await who("POST", "/items/imports", key=key, files=files, params=params)


async def tried(who: Person, content: bytes, **query: Any) -> dict[str, Any]:
    """What a dry run answers."""
    answer = await send(who, content, dry=True, **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def faults(who: Person, content: bytes, **query: Any) -> list[tuple[str | None, str]]:
    """Where the errors are, and what they are."""
    told = await tried(who, content, **query)
    return [(place(one), one["fault"]) for one in told["errors"]]


def place(error: Mapping[str, Any]) -> str:
    """`事项!C7`, or as much of it as there is."""
    cell = error["cell"] or error["row"] or ""
    return f"{error['sheet']}!{cell}"


async def record(who: Person, code: str) -> dict[str, Any]:
    return (await who.get(f"/items/{code}"))["record"]
