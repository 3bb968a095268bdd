"""The zip archive that an .xlsx file is: nothing is unpacked before its size is known to be right.

The directory of an archive may lie about what a part unpacks to.  Python's zipfile stops reading at
the size it was told, other readers do not: so each part is unpacked here first, to nowhere, and
counted.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from services.catalog.imports.rules.files import (
    MOST_PARTS,
    MOST_UNPACKED,
    damaged,
    too_much,
    with_macros,
)

CHUNK = 256 * 1024
PIECE = 16 * 1024
LOCAL_HEADER = struct.Struct("<4s22xHH")
WORKBOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
TYPES = "[Content_Types].xml"
MACROS = b"macroEnabled"
BROKEN = BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, OSError
"""What comes of bytes that are no sound archive, or one that is packed in a way of its own."""


class Package:
    """A sound archive of an acceptable size, with the parts that a workbook has.

    Where it is not sound, making or reading it raises one of BROKEN.
    """

    def __init__(self, content: bytes) -> None:
        self._zip = ZipFile(BytesIO(content))
        infos = self._zip.infolist()
        _check_directory(infos)
        for info in infos:
            if _unpacked(content, info) != info.file_size:
                raise BadZipFile(info.filename)
        self.names = {info.filename for info in infos}
        if not {WORKBOOK, RELATIONS, TYPES} <= self.names:
            raise damaged()
        programs = [name for name in self.names if name.endswith("vbaProject.bin")]
        if programs or MACROS in self.read(TYPES):
            raise with_macros()

    def read(self, name: str) -> bytes:
        return self._zip.read(name)

    def chunks(self, name: str) -> Iterator[bytes]:
        with self._zip.open(name) as part:
            while chunk := part.read(CHUNK):
                yield chunk


def _check_directory(infos: list[ZipInfo]) -> None:
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise too_much()
    if len({info.filename for info in infos}) < len(infos):
        raise BadZipFile("two parts of one name")


def _unpacked(content: bytes, info: ZipInfo) -> int:
    """How much a part unpacks to; of more than it declares, it does not matter how much more."""
    mark, name, extra = LOCAL_HEADER.unpack_from(content, info.header_offset)
    start = info.header_offset + LOCAL_HEADER.size + name + extra
    packed = memoryview(content)[start : start + info.compress_size]
    if mark != b"PK\x03\x04" or len(packed) != info.compress_size or info.flag_bits & 1:
        raise BadZipFile(info.filename)
    if info.compress_type == ZIP_STORED:
        return len(packed)
    if info.compress_type != ZIP_DEFLATED:
        raise NotImplementedError(info.compress_type)
    return _inflated(packed, info.file_size)


def _inflated(packed: memoryview, declared: int) -> int:
    inflate, seen = zlib.decompressobj(-zlib.MAX_WBITS), 0
    for start in range(0, len(packed), PIECE):
        piece: bytes | memoryview = packed[start : start + PIECE]
        while len(piece) and seen <= declared and not inflate.eof:
            seen += len(inflate.decompress(piece, CHUNK))
            piece = inflate.unconsumed_tail
        if seen > declared or inflate.eof:
            break
    seen += len(inflate.flush())  # the end of a match that did not fit into the last chunk
    return seen if inflate.eof else -1
