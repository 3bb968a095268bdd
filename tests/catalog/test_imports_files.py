"""Files that are no workbook, or one that nobody should open."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest

from tests.catalog.workbooks import items, parts, send, zipped
from tests.platform import Person

SHEET = "xl/worksheets/sheet1.xml"
GOOD = items(["fine", "好", "market", "430700", 1])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    document = answer.json()
    assert document["errors"][0]["pointer"] == "/file"
    kind = document["type"].removeprefix("/problems/")
    return answer.status_code, kind, document["errors"][0]["detail"]


def changed(**replaced: bytes) -> bytes:
    """The good workbook with a part more, or another one."""
    return zipped({**parts(GOOD), **replaced})


def without(end: str) -> bytes:
    return zipped({name: one for name, one in parts(GOOD).items() if not name.endswith(end)})


def with_sheet(xml: str) -> bytes:
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
    body = f'{head}spreadsheetml/2006/main"><sheetData>{xml}</sheetData></worksheet>'
    return changed(**{SHEET: body.encode()})


def lying(content: bytes, part: str, size: int) -> bytes:
    """Says in the archive's directory that `part` unpacks to `size` bytes, with the right sum for
    as many: Python's own zipfile believes it and stops there."""
    with ZipFile(BytesIO(content)) as archive:
        whole = archive.read(part)
    made, name = bytearray(content), part.encode()
    for mark, sum_at, size_at, name_at in (
        (b"PK\x03\x04", 14, 22, 30),
        (b"PK\x01\x02", 16, 24, 46),
    ):
        start = made.find(mark)
        while made[start + name_at : start + name_at + len(name)] != name:
            start = made.find(mark, start + 1)
        struct.pack_into("<I", made, start + sum_at, zlib.crc32(whole[:size]))
        struct.pack_into("<I", made, start + size_at, size)
    return bytes(made)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b" \n", "空"),
        (b"code,name\na,b\n", "CSV"),
        (b"%PDF-1.4\n", ".xlsx"),
        (OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (OLE + b"\x00" * 600, ".xls"),
        (GOOD[: len(GOOD) // 2], "损坏"),
        (b"PK\x03\x04" + b"\x00" * 100, "损坏"),
        (zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "损坏"),
        (changed(**{"xl/vbaProject.bin": b"x"}), "宏"),
        (b"{", "JSON"),
        (b'{"items": 3}', "JSON"),
        (b"[3]", "JSON"),
        (b'[{"code": "a", "name": "\xff"}]', "JSON"),
        (b"[" * 100_000, "JSON"),
    ],
)
async def test_what_is_no_workbook_is_refused_with_the_way_out(
    bureau: Person, content: bytes, words: str
):
    status, kind, detail = problem(await send(bureau, content))

    assert (status, kind) == (422, "file-refused")
    assert words in detail


@pytest.mark.parametrize(
    "content",
    [
        changed(**{SHEET: b"<worksheet>"}),
        changed(**{SHEET: b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'}),
        changed(**{"xl/sharedStrings.xml": b"no xml"}),
        without(SHEET),
        without("xl/workbook.xml"),
        without("workbook.xml.rels"),
        with_sheet('<row r="1"><c r="??"><v>1</v></c></row>'),
        lying(GOOD, SHEET, 64),
        GOOD.replace(struct.pack("<I", zlib.crc32(parts(GOOD)[SHEET])), b"\x00\x00\x00\x00"),
    ],
)
async def test_a_damaged_workbook_is_refused(bureau: Person, content: bytes):
    status, kind, _ = problem(await send(bureau, content))

    assert (status, kind) == (422, "file-refused")


async def test_a_zip_bomb_is_refused_before_it_is_unpacked(bureau: Person):
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, part in parts(GOOD).items():
            archive.writestr(name, part)
        with archive.open("xl/bomb.xml", "w", force_zip64=True) as bomb:
            for _ in range(300):
                bomb.write(b"\x00" * 2**20)
    content = held.getvalue()
    assert len(content) < 2**20

    status, kind, _ = problem(await send(bureau, content))

    assert (status, kind) == (413, "file-too-large")


async def test_a_zip_bomb_whose_directory_lies_is_refused(bureau: Person):
    bomb = zipped({**parts(GOOD), "xl/media/bomb.xml": b"\x00" * 2**24})

    status, kind, _ = problem(await send(bureau, lying(bomb, "xl/media/bomb.xml", 1000)))

    assert (status, kind) == (422, "file-refused")


@pytest.mark.parametrize(
    "xml",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A9999999"><v>1</v></c><c r="Z9999999"><v>1</v></c></row>',
    ],
)
async def test_a_sheet_that_stretches_far_is_refused_before_calamine_sees_it(
    bureau: Person, xml: str
):
    status, kind, _ = problem(await send(bureau, with_sheet(xml)))

    assert (status, kind) == (413, "file-too-large")


async def test_empty_cells_with_a_format_stretch_nothing(bureau: Person):
    xml = '<row r="1"><c r="A1" t="inlineStr"><is><t>事项代码</t></is></c><c r="XFD1" s="0"/></row>'

    assert (await send(bureau, with_sheet(xml), dry=True)).status_code == 200


async def test_fifty_megabytes_are_refused(bureau: Person):
    status, kind, _ = problem(await send(bureau, b"PK\x03\x04" + b"\x00" * 50_000_000))

    assert (status, kind) == (413, "file-too-large")


async def test_a_request_without_a_file_is_told_so(bureau: Person):
    answer = await bureau("POST", "/items/imports", json={"file": "x"})
    empty = await bureau("POST", "/items/imports", files={"other": b"x"})

    for one in (answer, empty):
        assert one.status_code == 422
        assert [flaw["pointer"] for flaw in one.json()["errors"]] == ["/file"]
