"""One cell: what Excel made of what the editor typed, made into what was meant, or refused."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from services.catalog.crosswalks.rules import Crosswalk, deepest, spelled, translate_all
from services.catalog.imports.rules.columns import Column, Holds
from services.catalog.imports.rules.words import LABELS, word

EXACT = 10**15
"""Excel keeps fifteen digits of a number; behind them it has made zeros."""
SEVERAL = re.compile(r"[、,，;；/\n]")
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
SHORT_NUMBER = 5


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a cell cannot be taken, and what would be right."""

    fault: str
    zh: str
    en: str


class Nothing:
    """An empty cell: what the record says where nothing is said."""


NOTHING = Nothing()
NUMBER_AS_CODE = Wrong(
    "number-as-code",
    "这一格是数字，前导零和第 15 位之后的数字可能已丢失；请把单元格设为文本格式后重新填写。",
    "This is a number: leading zeros and digits after the 15th may be lost. Format the cell as "
    "text and type it again.",
)
DATE_AS_TEXT = Wrong(
    "date-as-text",
    "Excel 把它当成了日期或时间；请把单元格设为文本格式后重新填写。",
    "Excel took it for a date or time. Format the cell as text and type it again.",
)
NOT_WHOLE = Wrong("not-whole", "应为整数。", "This should be a whole number.")
NOT_NUMBER = Wrong("not-number", "应为数字。", "This should be a number.")
NOT_TRUTH = Wrong("not-truth", "应为 是 或 否。", "This should be 是 (yes) or 否 (no).")
PHONE_AS_NUMBER = Wrong(
    "number-as-code",
    "这一格是数字，区号的前导零可能已丢失；请把单元格设为文本格式后重新填写。",
    "This is a number: the leading zero of an area code may be lost. Format the cell as text and "
    "type it again.",
)


def read(column: Column, value: object, crosswalk: Crosswalk | None) -> Any:
    """The element's value, NOTHING for an empty cell, or Wrong."""
    if isinstance(value, str):
        value = tidy(value) if value else ""
    if value is None or value == "":
        return _empty(column, crosswalk) if crosswalk else NOTHING
    if isinstance(value, date | time | timedelta):  # a datetime is a date
        return DATE_AS_TEXT
    return READERS[column.holds](column, value, crosswalk)


def tidy(text: str) -> str:
    """Without what stands around it unseen; a line ends in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip().strip(INVISIBLE).strip()


def _empty(column: Column, crosswalk: Crosswalk) -> Any:
    """Some systems say something by an empty cell."""
    if "" in crosswalk.elements.get(column.element, {}):
        return READERS[column.holds](column, "", crosswalk)
    return NOTHING


def _text(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    if isinstance(value, int | float) and not abs(value) < EXACT:
        return NUMBER_AS_CODE
    return value if isinstance(value, str) else _printed(value)


def _printed(value: Any) -> str:
    """A number or truth value as Excel shows it."""
    return str(value).upper() if isinstance(value, bool) else spelled(value)


def _code(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    return narrow(value) if isinstance(value, str) else NUMBER_AS_CODE


def narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _region(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    if isinstance(value, str):
        return narrow(value)
    return _or(_whole(column, value, crosswalk), str)


def _or(value: Any, made: Callable[[Any], Any]) -> Any:
    return value if isinstance(value, Wrong) else made(value)


def _phone(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    """Short numbers (12345) and mobile ones begin with 1 to 9 and lose nothing."""
    if isinstance(value, str):
        return value
    number = _or(_whole(column, value, crosswalk), str)
    if isinstance(number, Wrong):
        return number
    mobile = len(number) == 11 and number.startswith("1")
    return number if len(number) <= SHORT_NUMBER or mobile else PHONE_AS_NUMBER


def _word(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    words = _words(column, value, crosswalk)
    if isinstance(words, Wrong):
        return words
    return words[0] if len(words) == 1 else _one_of(column)


def _words(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    if crosswalk and column.element in crosswalk.elements:
        told = translate_all(crosswalk, column.element, value)
        unknown = [one for one in told if not isinstance(one, str)]
        return _not_in(crosswalk, column) if unknown else told
    text = _printed(value)
    parts = SEVERAL.split(text) if column.holds is Holds.WORDS else [text]
    found = [_known(column.element, part) for part in parts if part.strip()]
    if not found or None in found:
        return _one_of(column)
    return list(dict.fromkeys(found))


def _known(element: str, text: str) -> str | None:
    """Excel makes 1 of 01: what is meant is still clear."""
    return word(element, text) or (word(element, text.zfill(2)) if text.isdecimal() else None)


def _one_of(column: Column) -> Wrong:
    known = LABELS[column.element]
    return Wrong(
        "unknown-word",
        f"应为 {'、'.join(known.values())} 之一。",
        f"This should be one of {', '.join(known)}.",
    )


def _not_in(crosswalk: Crosswalk, column: Column) -> Wrong:
    known = ", ".join(value or '""' for value in crosswalk.elements[column.element])
    return Wrong(
        "unknown-value",
        f"{crosswalk.system} 的代码对照表未载明这个值，已载明 {known}；请补充对照表。",
        f"The crosswalk of {crosswalk.system} does not say what this means, only {known}; add it.",
    )


def _depth(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    words = _words(column, value, crosswalk)
    return _or(words, lambda told: int(deepest(told)))


def _truth(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    if isinstance(value, bool):
        return value
    told = {"1": "true", "0": "false"}.get(spelled(value)) or word("truth", str(value))
    return NOT_TRUTH if told is None else told == "true"


def _whole(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    number = _number(column, value, crosswalk)
    if isinstance(number, Wrong):
        return NOT_WHOLE
    return int(number) if abs(number) < EXACT and number == int(number) else NOT_WHOLE


def _number(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    if isinstance(value, bool):
        return NOT_NUMBER
    if isinstance(value, str):
        text = narrow(value)
        return float(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) else NOT_NUMBER
    return value if math.isfinite(value) else NOT_NUMBER


def _lines(column: Column, value: Any, crosswalk: Crosswalk | None) -> Any:
    lines = [tidy(line) for line in _printed(value).split("\n")]
    return [line for line in lines if line]


Reader = Callable[[Column, Any, Crosswalk | None], Any]
READERS: Mapping[Holds, Reader] = {
    Holds.TEXT: _text,
    Holds.CODE: _code,
    Holds.REGION: _region,
    Holds.PHONE: _phone,
    Holds.WORD: _word,
    Holds.WORDS: _words,
    Holds.DEPTH: _depth,
    Holds.TRUTH: _truth,
    Holds.WHOLE: _whole,
    Holds.NUMBER: _number,
    Holds.LINES: _lines,
}
