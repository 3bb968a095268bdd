"""What a column is: which element of a record it holds, and how its cells say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Holds(Enum):
    """What a column's cells are."""

    TEXT = "text"
    CODE = "code"  # where it is of digits, they are no number: 0012 is not 12
    REGION = "region"  # digits too, but none begins with 0
    PHONE = "phone"
    WORD = "word"
    WORDS = "words"
    DEPTH = "depth"  # a word of ours, a number in the record
    TRUTH = "truth"
    WHOLE = "whole"
    NUMBER = "number"
    LINES = "lines"


@dataclass(frozen=True)
class Column:
    """`path`: where its value goes in the row's object, `promised.value` into `promised`."""

    path: str
    header: str
    holds: Holds = Holds.TEXT
    element: str = ""
    """For words: of which table; crosswalks use the same names."""
    note: str = ""
    needed: bool = False
    names: str = ""
    """Where registered names may stand for codes: of `departments`, `evidence` or `fields`."""

    @cached_property
    def head(self) -> str:
        return self.path.partition(".")[0]

    @cached_property
    def tail(self) -> str:
        return self.path.partition(".")[2]


@dataclass(frozen=True)
class Sheet:
    """A list of objects of an item; `name` is that of the element, none for the items themselves.

    The first column is the item's code.
    """

    name: str
    title: str
    columns: tuple[Column, ...]

    @cached_property
    def by_header(self) -> Mapping[str, Column]:
        paths = {column.path: column for column in self.columns}
        return paths | {column.header: column for column in self.columns}
