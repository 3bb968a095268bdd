"""Crosswalks and rows as they come in, and the words that our records have for each element."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field

from services.catalog.crosswalks.rules import NECESSITY, RATING
from services.catalog.records.rules import KINDS
from services.contracts import Duration, ItemDefinition, Requirement, SpecialProcedure

Element = Annotated[str, Field(max_length=64)]
Value = Annotated[str, Field(max_length=100)]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Separator = Annotated[str, Field(min_length=1, max_length=4)]


def _words(model: type[BaseModel], name: str) -> tuple[str, ...]:
    return tuple(_texts(model.model_fields[name].annotation))


def _texts(annotation: Any) -> Iterator[str]:
    for one in get_args(annotation):
        yield from [one] if isinstance(one, str) else _texts(one)


WORDS: dict[str, tuple[str, ...]] = {
    name: _words(ItemDefinition, name)
    for name in (
        "accepts",
        "audience",
        "channels",
        "handling",
        "level",
        "organ",
        "power_source",
        "scope",
    )
} | {
    "form": _words(Requirement, "form"),
    "kind": KINDS,
    "material_kind": _words(Requirement, "kind"),
    "necessity": NECESSITY,
    "online_depth": ("1", "2", "3", "4"),
    "rating": RATING,
    "source": _words(Requirement, "source"),
    "special_procedure": _words(SpecialProcedure, "kind"),
    "unit": _words(Duration, "unit"),
}


class CrosswalkBody(BaseModel):
    """代码对照表 / What one system's codes mean."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=300)
    source_note: str = Field("", max_length=1000)
    """依据 / Where this is known from."""
    elements: dict[Element, Annotated[dict[Value, Word], Field(max_length=500)]] = Field(
        min_length=1, max_length=50
    )
    """要素 → 源代码 → 我们的用语 / Element, the system's value, our word."""
    separators: dict[Element, Separator] = Field({}, max_length=50)
    """一格多值时的分隔符 / What stands between several values in one cell."""


class Rows(BaseModel):
    """要翻译的行 / Rows as the other system writes them, each value as a text."""

    model_config = ConfigDict(extra="forbid")

    rows: list[Annotated[dict[Element, Value], Field(max_length=50)]] = Field(
        min_length=1, max_length=5000
    )


class GapView(BaseModel):
    """对照表未载明的值 / A value of which nobody said what it means."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    element: str
    value: str
    count: int
    """出现次数 / In how many cells."""
    first_row: int
    """首次出现的行，从 0 计 / The first row that has it, counted from 0."""


class TranslationView(BaseModel):
    """译文与未知值报告 / The rows in our words, null where unknown, and all that is unknown."""

    system: str
    version: int
    rows: list[dict[str, str | list[str] | None]]
    unknown: list[GapView]
