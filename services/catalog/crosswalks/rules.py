"""Other systems' codes into our words.  Plain values, no I/O.

The same digit means opposite things in two systems (办件类型 1 is 即办件 in GB/T 39046 and 承诺件
elsewhere), so what a record does not say is reported, never guessed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from services.chassis.errors import Flaw, Invalid

NECESSITY = ("required", "conditional", "deferrable", "commitment", "optional")
"""材料必要性: 必要, 视情形, 容缺后补, 信用承诺后补, 非必要."""
RATING = ("1", "2", "3", "4", "5")
"""满意度 as GB/T 39046 counts it: 1 is 非常满意."""
SEVERAL = frozenset({"audience", "channels"})
"""Elements of which one row can say several at once."""
DEPTH = "online_depth"
"""An element that other systems derive from several capabilities: the deepest counts."""


class CrosswalkFaulty(Invalid):
    """The crosswalk names elements or words that our records do not have."""

    zh = "对照表使用了我们的记录中没有的要素或用语。"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which the crosswalk does not say what it means."""

    element: str
    value: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """One source system: for each element, what its values are in our words."""

    system: str
    elements: Mapping[str, Mapping[str, str]]
    separators: Mapping[str, str] = field(default_factory=dict)
    """Where the system writes several values into one cell: what stands between them."""

    @classmethod
    def from_record(cls, system: str, record: Mapping[str, Any]) -> "Crosswalk":
        return cls(system, record["elements"], record["separators"])


def translate(crosswalk: Crosswalk, element: str, value: object) -> str | Unknown:
    """Our word for one value of another system, or Unknown: never the value itself, never a guess.

    A word is a text for every element, also where a record holds a number (`online_depth`).
    """
    given = spelled(value)
    word = crosswalk.elements.get(element, {}).get(given)
    return Unknown(element, given) if word is None else word


def translate_all(crosswalk: Crosswalk, element: str, cell: object) -> list[str | Unknown]:
    """Our words for everything in one cell, each once, in its order."""
    separator = crosswalk.separators.get(element)
    given = spelled(cell)
    values = given.split(separator) if separator and given else [given]
    return list(dict.fromkeys(translate(crosswalk, element, one) for one in values))


def spelled(value: object) -> str:
    """A code as a text.  Spreadsheets hold 1 as 1.0, and an empty cell as nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that the crosswalk does not know: how often it stands there, and where first."""

    element: str
    value: str
    count: int
    first_row: int


Translated = str | tuple[str, ...] | None


def translate_rows(
    crosswalk: Crosswalk, rows: Sequence[Mapping[str, object]]
) -> tuple[list[dict[str, Translated]], list[Gap]]:
    """All cells in our words, and what is unknown instead of a guess.

    A cell of which anything is unknown is None as a whole: half of it would look complete.
    """
    gaps: dict[Unknown, Gap] = {}
    translated = []
    for place, row in enumerate(rows):
        told = {element: translate_all(crosswalk, element, cell) for element, cell in row.items()}
        for one in (one for words in told.values() for one in words if isinstance(one, Unknown)):
            gap = gaps.get(one, Gap(one.element, one.value, 0, place))
            gaps[one] = replace(gap, count=gap.count + 1)
        translated.append({element: _cell(element, words) for element, words in told.items()})
    return translated, sorted(gaps.values(), key=lambda gap: (gap.element, gap.value))


def _cell(element: str, words: Sequence[str | Unknown]) -> Translated:
    known = tuple(one for one in words if isinstance(one, str))
    if len(known) < len(words):
        return None
    if element in SEVERAL:
        return known
    return deepest(known) if element == DEPTH else known[0] if len(known) == 1 else None


def deepest(words: Iterable[str]) -> str:
    """Of several online capabilities the highest level counts (网上办理深度 is derived)."""
    return max(words, key=int)


WHOLE = "该要素只有一个值，不能分隔", "This element has one value; nothing separates several"


def check_crosswalk(record: Mapping[str, Any], words: Mapping[str, Collection[str]]) -> None:
    """`words`: for every element of our records, the words it can have."""
    flaws = [
        flaw
        for element, values in record["elements"].items()
        for flaw in (*_element_flaws(element, values, words), *_value_flaws(element, values))
    ]
    flaws += [
        _flaw("separator-misplaced", f"/separators/{_step(element)}", *WHOLE)
        for element in record["separators"]
        if element in record["elements"] and element not in SEVERAL | {DEPTH}
    ]
    flaws += [
        _flaw("unknown-element", f"/separators/{_step(element)}", "没有这个要素", "No such element")
        for element in record["separators"]
        if element not in record["elements"]
    ]
    if flaws:
        raise CrosswalkFaulty(errors=flaws)


def _element_flaws(
    element: str, values: Mapping[str, str], words: Mapping[str, Collection[str]]
) -> Iterable[Flaw]:
    place = f"/elements/{_step(element)}"
    if element not in words:
        known = ", ".join(sorted(words))
        yield _flaw(
            "unknown-element", place, f"应为 {known} 之一", f"This should be one of {known}"
        )
        return
    known = ", ".join(sorted(words[element]))
    for value, word in values.items():
        if word not in words[element]:
            zh, en = f"应为 {known} 之一", f"This should be one of {known}"
            yield _flaw("unknown-word", f"{place}/{_step(value)}", zh, en)


def _value_flaws(element: str, values: Mapping[str, str]) -> Iterable[Flaw]:
    for value in values:
        if value != spelled(value):
            zh, en = "前后不应有空格", "No space before or after it, or it is never found"
            yield _flaw("spaced-value", f"/elements/{_step(element)}/{_step(value)}", zh, en)


def _flaw(fault: str, pointer: str, zh: str, en: str) -> Flaw:
    return Flaw(pointer, f"{zh}。", f"{en}.", {"fault": fault})


def _step(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
