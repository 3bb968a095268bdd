"""Editors see what is announced, what is due and what is done, by its day."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest

from services.catalog.records.rules.items import RESERVED
from tests.alone import Alone
from tests.catalog.editing import Calendar, item
from tests.catalog.signs import DAY, Signs
from tests.platform import Person
from tests.refusals import problem

SOON, LATER = DAY.isoformat(), (DAY + timedelta(days=3)).isoformat()


async def listed(who: Person, query: str = "") -> list[dict[str, Any]]:
    """All pages, two lines each."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await who.get(f"/retirements?limit=2{query}{cursor}")
        found += page["items"]
        if not page["next"]:
            return found
        cursor = f"&cursor={page['next']}"


def stages(found: list[dict[str, Any]], *signs: Signs) -> list[str]:
    ours = [one.sign for one in signs]
    return [one["stage"] for one in found if one["item"] in ours]


async def test_what_was_decided_goes_from_announced_to_done(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    first, second, back = [await Signs(bureau).open() for _ in range(3)]
    await second.retire(second.body(effective=LATER))
    await first.retire()
    await back.retire()
    await bureau("DELETE", f"/items/{back.sign}/retirement")

    before = await listed(catalog.officer("market"))
    await calendar.tick(DAY)
    after = await listed(bureau)

    assert stages(before, first, second, back) == ["announced", "announced"]
    assert [one["effective"] for one in before] == sorted(one["effective"] for one in before)
    assert stages(after, first, second) == ["done", "announced"]
    assert stages(await listed(bureau, "&stage=done"), first, second) == ["done"]
    assert stages(await listed(bureau, "&stage=withdrawn"), first, back) == ["withdrawn"]
    [line] = [one for one in after if one["item"] == first.sign]
    assert (line["mode"], line["evidence"]) == ("cancelled", first.paper)
    assert line["concerned"] == sorted([first.food, first.fire])


async def test_what_should_be_done_and_is_not_yet_is_due(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """Its day has come, and nobody has brought the new versions into force so far."""
    signs = await Signs(bureau).open()
    await signs.retire(signs.body(effective=LATER))

    calendar.at(date.fromisoformat(LATER))
    due = await listed(bureau, "&stage=due")
    await calendar.tick(date.fromisoformat(LATER))

    assert stages(due, signs) == ["due"]
    assert stages(await listed(bureau, "&stage=due"), signs) == []
    assert stages(await listed(bureau), signs) == ["done"]


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("stage=over", "/query/stage/0"),
        ("cursor=nonsense", "/query/cursor"),
        ("limit=0", "/query/limit"),
    ],
)
async def test_a_question_that_makes_no_sense_is_told(bureau: Person, query: str, where: str):
    answer = await bureau("GET", f"/retirements?{query}")

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [where]


async def test_the_list_is_for_those_who_edit_or_inspect(catalog: Alone):
    for role in ("citizen", "clerk", "operator"):
        answer = await catalog.person(role, "somebody")("GET", "/retirements")
        assert problem(answer) == (403, "excluded")


# --- words of our paths --------------------------------------------------------------------------


def test_every_word_beside_an_items_code_is_reserved(catalog: Alone):
    paths = [path for path in catalog.app.openapi()["paths"] if path.startswith("/items/")]
    beside = {path.split("/")[2].partition(".")[0] for path in paths}

    words = {word for word in beside if not word.startswith("{")}
    assert words, "there are some"
    assert words <= RESERVED
    assert all(re.fullmatch("[a-z-]+", word) for word in RESERVED)


@pytest.mark.parametrize("word", sorted(RESERVED))
async def test_an_item_has_no_code_that_is_a_word_of_our_paths(bureau: Person, word: str):
    for path in (f"/items/{word}", f"/items/{word}/draft"):
        answer = await bureau("PUT", path, json=item())

        assert problem(answer) == (422, "record-faulty")
        [told] = answer.json()["errors"]
        assert (told["pointer"], told["fault"]) == ("/code", "reserved-code")


async def test_no_file_brings_such_an_item_in(bureau: Person):
    content = [item() | {"code": "counts"}]
    answer = await bureau(
        "POST",
        "/items/imports?dry_run=true",
        files={"file": ("items.json", json.dumps({"items": content}).encode())},
    )

    told = answer.json()
    assert [(one["fault"], one["pointer"]) for one in told["errors"]] == [
        ("reserved-code", "/items/0/code")
    ]
