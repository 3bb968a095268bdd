"""Reads the QR code that is drawn on a page, as a telephone does (ISO/IEC 18004).

Up to version 10, text in bytes.  A drawing on a page has no dirt on it, so nothing is corrected.
"""

import re
from collections.abc import Iterator
from itertools import chain

QUIET = 4
"""Light modules around it."""
FORMAT_MASK = 0x5412
LEVELS = "MLHQ"
"""By the two bits that name them."""
REPAIR = {  # by version: code words that repair a block, and blocks
    "L": ((7, 10, 15, 20, 26, 18, 20, 24, 30, 18), (1, 1, 1, 1, 1, 2, 2, 2, 2, 4)),
    "M": ((10, 16, 26, 18, 24, 16, 18, 22, 22, 26), (1, 1, 1, 2, 2, 4, 4, 4, 5, 5)),
    "Q": ((13, 22, 18, 26, 18, 24, 18, 22, 20, 24), (1, 1, 2, 2, 4, 4, 6, 6, 8, 8)),
    "H": ((17, 28, 22, 16, 22, 28, 26, 26, 24, 28), (1, 1, 2, 4, 4, 4, 5, 6, 8, 8)),
}
MASKS = (
    lambda x, y: (x + y) % 2,
    lambda x, y: y % 2,
    lambda x, y: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
BYTES = 0b0100
Module = tuple[int, int]
"""Column and row."""


class Unreadable(ValueError):
    """There is no such QR code on the page."""


def read(page: str) -> str:
    """The text of the first QR code on an HTML page."""
    dark = set(_drawn(page))
    if not dark:
        raise Unreadable("no QR code")
    size = 1 + max(max(module) for module in dark)
    version = (size - 17) // 4
    if not 1 <= version <= 10 or size != 17 + 4 * version:
        raise Unreadable(f"{size} modules")
    level, mask = _format(dark)
    reserved = _reserved(version, size)
    bits = [
        (module in dark) != (MASKS[mask](*module) == 0)
        for module in _zigzag(size)
        if module not in reserved
    ]
    words = [_number(bits[at : at + 8]) for at in range(0, len(bits) - 7, 8)]
    return _text(_in_order(words, version, level), version)


def _drawn(page: str) -> Iterator[Module]:
    """The dark modules, from the strokes of the drawing: M moves to, m moves on, h draws."""
    found = re.search(r'<path[^>]*class="qrline"[^>]* d="([^"]+)"', page)
    x = y = 0.0
    for step, one, other in re.findall(
        r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", found[1] if found else ""
    ):
        if step == "h":
            yield from ((int(x) + n - QUIET, int(y) - QUIET) for n in range(int(one)))
            x += int(one)
        elif step == "M":
            x, y = float(one), float(other)
        else:
            x, y = x + float(one), y + float(other)


def _format(dark: set[Module]) -> tuple[str, int]:
    """How much repair there is, and which mask lies over it: beside the upper left corner."""
    along = [*((8, n) for n in (0, 1, 2, 3, 4, 5, 7, 8)), *((n, 8) for n in (7, 5, 4, 3, 2, 1, 0))]
    said = sum((module in dark) << place for place, module in enumerate(along))
    said = (said ^ FORMAT_MASK) >> 10
    return LEVELS[said >> 3], said & 7


def _reserved(version: int, size: int) -> set[Module]:
    """Modules that hold no data."""
    ends = [range(9), range(size - 8, size)]
    corners = [(ends[0], ends[0]), (ends[1], ends[0]), (ends[0], ends[1])]
    areas = [*corners, (range(size), range(6, 7)), (range(6, 7), range(size))]
    if version >= 7:
        beside = range(size - 11, size - 8)
        areas += [(beside, range(6)), (range(6), beside)]
    places = _alignments(version, size)
    taken = {(6, 6), (6, size - 7), (size - 7, 6)}
    areas += [
        (range(x - 2, x + 3), range(y - 2, y + 3))
        for x in places
        for y in places
        if (x, y) not in taken
    ]
    return {(x, y) for columns, rows in areas for x in columns for y in rows}


def _alignments(version: int, size: int) -> list[int]:
    if version == 1:
        return []
    return [6, size - 7] if version < 7 else [6, size // 2, size - 7]


def _zigzag(size: int) -> Iterator[Module]:
    """Two columns at a time from the right, up and down in turns, leaving the column of dots."""
    rights = [right for right in range(size - 1, 6, -2)] + [5, 3, 1]
    for turn, right in enumerate(rights):
        rows = range(size - 1, -1, -1) if turn % 2 == 0 else range(size)
        yield from ((x, y) for y in rows for x in (right, right - 1))


def _in_order(words: list[int], version: int, level: str) -> list[int]:
    """The data: its blocks are dealt out a word at a time, and later ones may be longer by one."""
    repair, blocks = (row[version - 1] for row in REPAIR[level])
    short, longer = divmod(len(words), blocks)
    lengths = [short - repair + (n >= blocks - longer) for n in range(blocks)]
    dealt = iter(words)
    piles: list[list[int]] = [[] for _ in lengths]
    for place in range(max(lengths)):
        for pile, length in zip(piles, lengths, strict=True):
            if place < length:
                pile.append(next(dealt))
    return [*chain(*piles)]


def _text(words: list[int], version: int) -> str:
    bits = [bool(word >> place & 1) for word in words for place in range(7, -1, -1)]
    counted = 8 if version < 10 else 16
    if _number(bits[:4]) != BYTES:
        raise Unreadable("not in bytes")
    count, start = _number(bits[4 : 4 + counted]), 4 + counted
    said = bytes(_number(bits[start + 8 * n : start + 8 * n + 8]) for n in range(count))
    return said.decode()


def _number(bits: list[bool]) -> int:
    value = 0
    for bit in bits:
        value = 2 * value + bit
    return value
