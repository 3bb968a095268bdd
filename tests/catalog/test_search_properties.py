"""Search against an oracle that looks at every item: any texts, any query."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.index import actions, rules
from services.catalog.search import finding
from services.catalog.search.finding import Place, Wanted
from tests.alone import Alone

ALPHABET = st.sampled_from("餐饮服务许可证行重长a bAzé%_'\\*:&|!(1·，　ＡﬁİßΣ\u0301" + "😀𠀀")
ANYTHING = st.characters(codec="utf-8", exclude_characters="\x00")
TEXTS = st.one_of(
    st.text(st.sampled_from("餐绿a%_\\' "), max_size=4),
    st.text(st.sampled_from("餐饮绿化"), min_size=2, max_size=4),
    st.text(ALPHABET, max_size=12),
    st.text(ANYTHING, max_size=6),
)
NAMES = TEXTS.filter(lambda text: plain(text) != "")


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


@st.composite
def worlds(draw: Any) -> tuple[list[tuple[str, str]], str]:
    """Names of a few items, and a query that often has to do with them."""
    names = draw(st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=6))
    words = []
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3, 0]))):
        source = draw(st.sampled_from([name for pair in names for name in pair if name]))
        read = rules.syllables(plain(source))
        short = "".join(one[: draw(st.integers(1, 6))] for one in read)
        typed = draw(st.sampled_from([plain(source), short, short.replace("v", "ü"), draw(TEXTS)]))
        low = draw(st.just(0) | st.integers(0, max(0, len(typed) - 1)))
        words.append(typed[low : low + draw(st.integers(1, 6))])
    return names, " ".join(words)


def record(name: str, name_en: str) -> dict[str, Any]:
    given = {"name": name, "name_en": name_en, "codes": [], "department": "d", "region": "r"}
    return given | {"kind": "01", "level": "county", "audience": ["person"], "online_depth": 1}


def typed_for(word: str, read: list[str]) -> bool:
    """Whether `word` is made of beginnings of neighbouring syllables."""

    def goes_on(rest: str, place: int) -> bool:
        if not rest:
            return True
        if place == len(read):
            return False
        lengths = range(1, min(len(rest), len(read[place])) + 1)
        return any(rest[:n] == read[place][:n] and goes_on(rest[n:], place + 1) for n in lengths)

    return any(goes_on(word, place) for place in range(len(read)))


def ranked(code: str, name: str, name_en: str, query: str) -> int | None:
    names = [plain(name), plain(name_en)]
    read, rest = rules.syllables(names[0]), [code, "某部门"]
    whole, words = plain(query), plain(query).split()
    named = [any(word in one for one in names) for word in words]
    latin = [word.replace("ü", "v") for word in words]
    read_so = [n or typed_for(w, read) for n, w in zip(named, latin, strict=True)]
    anywhere = [r or any(w in one for one in rest) for r, w in zip(read_so, words, strict=True)]
    if not words or whole in names:
        return 0
    if all(named):
        return 1 if any(one.startswith(words[0]) for one in names) else 2
    return 3 if all(read_so) else 4 if all(anywhere) else None


@given(worlds())
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_search_finds_what_looking_at_every_item_finds(catalog: Alone, world):
    names, query = world
    items = {f"any-{place}": pair for place, pair in enumerate(names)}
    rows = [rules.entry(code, record(*pair), "某部门") for code, pair in items.items()]
    wanted = Wanted(rules.asked(query), date(2026, 11, 24))

    sessions = catalog.app.state.sessions
    async with sessions() as tx:
        await actions.write(tx, rows)
        found = await finding.find(tx, wanted, finding.START, 100)
        paged, after = [], finding.START
        while one := await finding.find(tx, wanted, after, 1):
            after = one[0]
            paged += one
        await tx.rollback()

    expected = [
        Place(rank, c) for c, p in items.items() if (rank := ranked(c, *p, query)) is not None
    ]
    assert found == sorted(expected)
    assert paged == found


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("餐饮APP2.0（新办）", ["can", "yin", "app2", "0", "xin", "ban"]),
        ("重庆银行绿色", ["chong", "qing", "yin", "hang", "lv", "se"]),
        ("嗯·诶", ["n", "ei"]),
        ("——", []),
    ],
)
def test_how_a_name_is_read(name: str, read: list[str]):
    assert rules.syllables(rules.plain(name)) == read
