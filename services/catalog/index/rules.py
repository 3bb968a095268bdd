"""How names are read and when a word finds one.  Plain values, no I/O.

A *gram* is what is indexed: two neighbouring characters.  Grams only narrow the search; what a word
really finds is compared again (`finding.py`), so a gram too many costs time and never a wrong hit.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pypinyin import lazy_pinyin

from services.chassis.errors import Flaw, Invalid

MADE_BY = 1
"""Raise it when rows made by these rules must be made anew; catalog then does so by itself."""
MOST_WORDS = 8
LATIN = re.compile(r"[a-z0-9]+")
READ, REST = "~", "."
"""What stands before a gram of the pinyin, and of everything that is neither name nor pinyin."""


class TooManyWords(Invalid):
    """A search takes a handful of words."""

    zh = "检索词过多。"


class Rank(IntEnum):
    """What is shown first; within one rank the code decides."""

    EXACT = 0
    BEGINS = 1
    NAMED = 2
    READ = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A query taken apart."""

    whole: str
    words: tuple[str, ...]


def asked(query: str) -> Asked:
    """Raise TooManyWords where there are more than a person would type."""
    whole = plain(query)
    words = tuple(dict.fromkeys(whole.split()))
    if len(words) > MOST_WORDS:
        flaw = Flaw("/query/q", f"至多 {MOST_WORDS} 个词。", f"At most {MOST_WORDS} words.")
        raise TooManyWords(errors=[flaw])
    return Asked(whole, words)


def plain(text: str) -> str:
    """Width, case and spacing make no difference: `ＡＰＰ　备案` is `app 备案`."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def entry(code: str, record: Mapping[str, Any], department: str) -> dict[str, Any]:
    """The search row of an item; `department` is the name of the one that decides it."""
    name, name_en = plain(record["name"]), plain(record["name_en"])
    read = syllables(name)
    rest = [plain(text) for text in (code, *_codes(record), department)]
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "names": f"{name}\n{name_en}",
        "read": "".join(f"'{one}" for one in read),
        "rest": "\n".join(rest),
        "grams": vector(
            grams(name)
            | grams(name_en)
            | {READ + gram for gram in blends(read)}
            | {REST + gram for line in rest for gram in grams(line)}
        ),
        **{column: record[column] for column in ("department", "region", "kind", "level")},
        "audience": list(record["audience"]),
        "online_depth": record["online_depth"],
        "made_by": MADE_BY,
    }


def _codes(record: Mapping[str, Any]) -> list[str]:
    return [one["value"] for one in record["codes"]]


def grams(line: str) -> set[str]:
    """Every two neighbours, and the last character by itself."""
    return {line[place : place + 2] for place in range(len(line))}


def syllables(name: str) -> list[str]:
    """餐饮app -> can, yin, app.  Signs are not read."""
    return [one for each in lazy_pinyin(name) for one in LATIN.findall(_unmarked(each))]


def _unmarked(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one))


def blends(read: Sequence[str]) -> set[str]:
    """The grams of all that may be typed for these syllables: initials (`cy`), the whole (`canyin`)
    and any mixture (`cany`)."""
    found = {one[0] for one in read}
    for place, one in enumerate(read):
        found |= {one[n : n + 2] for n in range(len(one) - 1)}
        if place + 1 < len(read):
            found |= {letter + read[place + 1][0] for letter in one}
    return found


def spelling(word: str) -> str | None:
    """The pattern that finds a word in `read`, where it may be pinyin: each letter goes on in its
    syllable or begins the next one."""
    latin = word.replace("ü", "v")
    return "'" + "(?:[a-z0-9]*')?".join(latin) if LATIN.fullmatch(latin) else None


def vector(found: Iterable[str]) -> str:
    return " ".join(_quoted(one) for one in sorted(found))


def narrowed(words: Iterable[str], rank: Rank) -> str:
    """The index query for items in which each word is found, at `rank` or better."""
    return " & ".join(f"({_anywhere(word, rank)})" for word in words)


def _anywhere(word: str, rank: Rank) -> str:
    ways = [_together(word, "")]
    if rank >= Rank.READ and spelling(word):
        latin = word.replace("ü", "v")
        ways.append(_quoted(READ + latin) if len(latin) == 1 else _together(latin, READ))
    if rank >= Rank.OTHER:
        ways.append(_together(word, REST))
    return " | ".join(f"({way})" for way in ways)


def _together(word: str, mark: str) -> str:
    """Every gram of the word; a single character begins a gram."""
    if len(word) == 1:
        return _quoted(mark + word) + ":*"
    return " & ".join(_quoted(mark + word[n : n + 2]) for n in range(len(word) - 1))


def _quoted(gram: str) -> str:
    return "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'"
