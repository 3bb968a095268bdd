"""What the bureau writes is checked whole, kept once per change, and told with all it embeds."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.alone import Alone
from tests.catalog.editing import evidence, field, item
from tests.platform import Person

PUBLISHED = "catalog.item.published"


def flaws(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["pointer"] for one in answer.json()["errors"]]


async def test_every_unknown_code_and_contradiction_of_an_item_is_named_at_once(bureau: Person):
    await bureau.put("/evidence-types/circle", evidence())
    await bureau.put("/fields/twice", field())
    record = item("twice", "no_such_field", "twice") | {
        "department": "no-such-department",
        "requirements": [{"evidence": "circle"}, {"evidence": "no-such-paper"}],
        "issues": "circle",
        "legal": {"value": 2, "unit": "working_day"},
        "promised": {"value": 17, "unit": "hour"},
    }

    answer = await bureau("PUT", "/items/everything-wrong", json=record)

    assert answer.json()["type"] == "/problems/record-faulty"
    assert sorted(flaws(answer)) == [
        "/department",
        "/fields/1/field",
        "/fields/2/field",
        "/issues",
        "/promised",
        "/requirements/1/evidence",
    ]
    assert (await bureau("GET", "/items/everything-wrong")).status_code == 404


async def test_an_evidence_type_names_known_fields_and_identifies_by_one_of_its_own(
    bureau: Person,
):
    record = evidence(content=["nowhere"], subject_field="nowhere_either", identifies="other")

    answer = await bureau("PUT", "/evidence-types/licence", json=record)

    assert flaws(answer) == ["/content/0", "/subject_field", "/identifies"]


@pytest.mark.parametrize(
    ("record", "where"),
    [
        (field(type="list"), ["/of"]),
        (field(of=["plain"]), ["/of"]),
        (field(type="list", of=["unknown"]), ["/of/0"]),
        (field(type="list", of=["several"]), ["/of"]),
        (field(type="choice"), ["/rule/options"]),
        (field(rule={"options": [{"value": "a", "name": "甲"}]}), ["/rule/options"]),
        (field(type="number", rule={"minimum": 3, "maximum": 2}), ["/rule"]),
    ],
)
async def test_a_field_that_contradicts_itself_is_refused(bureau: Person, record, where):
    await bureau.put("/fields/plain", field())
    await bureau.put("/fields/several", field(type="list", of=["plain"]))

    assert flaws(await bureau("PUT", "/fields/faulty", json=record)) == where


async def test_a_field_inside_a_list_or_a_certificate_cannot_become_a_list_itself(bureau: Person):
    for code in ("inner", "printed", "place", "other"):
        await bureau.put(f"/fields/{code}", field())
    await bureau.put("/fields/outer", field(type="list", of=["inner"]))
    paper = evidence(content=["printed"], subject_field="place")
    await bureau.put("/evidence-types/paper", paper)

    for code in ("inner", "printed", "place"):
        answer = await bureau("PUT", f"/fields/{code}", json=field(type="list", of=["other"]))
        assert flaws(answer) == ["/type"], code
    itself = await bureau("PUT", "/fields/other", json=field(type="list", of=["other"]))
    assert flaws(itself) == ["/of"]
    listed = await bureau("PUT", "/evidence-types/roll", json=evidence(content=["outer"]))
    assert flaws(listed) == ["/content/0"]


@pytest.mark.parametrize(
    ("path", "record", "changed"),
    [
        ("departments/tax", {"name": "税务局", "region": "430700"}, {"name": "国家税务局"}),
        ("fields/same", field(), {"name": "另一个"}),
        ("evidence-types/same", evidence(), {"name": "另一个"}),
        ("items/same", item(), {"name": "另一个"}),
    ],
)
async def test_the_same_record_again_changes_nothing_and_tells_nobody(
    catalog: Alone, bureau: Person, path, record, changed
):
    first = await bureau("PUT", f"/{path}", json=record)
    again = await bureau("PUT", f"/{path}", json=dict(reversed(record.items())))
    told = len(await catalog.rows("SELECT 1 FROM outbox"))
    third = await bureau("PUT", f"/{path}", json=record)

    assert [one.json()["version"] for one in (first, again, third)] == [1, 1, 1]
    assert third.headers["etag"] == '"1"'
    assert len(await catalog.rows("SELECT 1 FROM outbox")) == told

    assert (await bureau.put(f"/{path}", record | changed))["version"] == 2
    assert (await bureau.get(f"/{path}"))["record"]["name"] == changed["name"]


async def test_a_published_item_brings_every_definition_it_uses(catalog: Alone, bureau: Person):
    await a_small_vocabulary(bureau, "all")
    await bureau.put("/items/all-in-one", everything("all"))

    [told] = await catalog.told(PUBLISHED, code="all-in-one")

    assert {one["code"] for one in told["fields"]} == {
        "all_asked",
        "all_list",
        "all_entry",
        "all_content",
        "all_subject",
    }
    assert {one["code"] for one in told["evidence_types"]} == {"all-needed", "all-issued"}


async def a_small_vocabulary(bureau: Person, stem: str) -> None:
    for name in ("asked", "entry", "content", "subject"):
        await bureau.put(f"/fields/{stem}_{name}", field())
    await bureau.put(f"/fields/{stem}_list", field(type="list", of=[f"{stem}_entry"]))
    issued = evidence(content=[f"{stem}_content"])
    needed = evidence(subject_field=f"{stem}_subject")
    await bureau.put(f"/evidence-types/{stem}-issued", issued)
    await bureau.put(f"/evidence-types/{stem}-needed", needed)


def everything(stem: str) -> dict[str, Any]:
    return item(f"{stem}_asked", f"{stem}_list") | {
        "requirements": [{"evidence": f"{stem}-needed"}],
        "issues": f"{stem}-issued",
    }


@pytest.mark.parametrize(
    ("used", "record"),
    [
        ("fields/{}_asked", field(name="新名")),
        ("fields/{}_list", field(name="新名", type="list", of=["one_entry"])),
        ("fields/{}_entry", field(name="新名")),
        ("fields/{}_content", field(name="新名")),
        ("fields/{}_subject", field(name="新名")),
        ("evidence-types/{}-issued", evidence(name="新名")),
        ("evidence-types/{}-needed", evidence(name="新名")),
    ],
)
async def test_a_changed_definition_publishes_anew_every_item_that_embeds_it(
    catalog: Alone, bureau: Person, used: str, record: dict
):
    if not await catalog.rows("SELECT 1 FROM item WHERE code = 'one-user'"):
        await a_small_vocabulary(bureau, "one")
        await bureau.put("/items/one-user", everything("one"))
        await bureau.put("/items/one-more-user", everything("one"))
        await bureau.put("/items/one-stranger", item())
    before = (await bureau.get("/items/one-user"))["version"]

    await bureau.put("/" + used.format("one"), record)

    for code in ("one-user", "one-more-user"):
        told = (await catalog.told(PUBLISHED, code=code))[-1]
        named = {one["name"] for one in [*told["fields"], *told["evidence_types"]]}
        assert told["version"] == before + 1
        assert "新名" in named
        assert (await bureau.get(f"/items/{code}"))["version"] == before + 1
    assert (await bureau.get("/items/one-stranger"))["version"] == 1


async def test_two_first_writers_of_one_code_take_turns(catalog: Alone, bureau: Person):
    records = [item() | {"name": f"第 {n} 稿"} for n in range(8)]

    answers = await asyncio.gather(
        *(bureau("PUT", "/items/raced", json=record) for record in records)
    )

    assert sorted(one.json()["version"] for one in answers) == [1, 2, 3, 4, 5, 6, 7, 8]
    told = await catalog.told(PUBLISHED, code="raced")
    assert [one["version"] for one in told] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (await bureau.get("/items/raced"))["record"]["name"] == told[-1]["item"]["name"]


async def test_one_record_written_by_eight_at_once_is_one_version(catalog: Alone, bureau: Person):
    answers = await asyncio.gather(*(bureau("PUT", "/items/agreed", json=item()) for _ in range(8)))

    assert {(one.status_code, one.json()["version"]) for one in answers} == {(200, 1)}
    assert len(await catalog.told(PUBLISHED, code="agreed")) == 1


async def test_an_item_published_while_its_field_changes_ends_with_the_field_as_it_is(
    catalog: Alone, bureau: Person
):
    for n in range(8):
        await bureau.put(f"/fields/moving_{n}", field(name="旧"))
        await asyncio.gather(
            bureau.put(f"/items/moving-{n}", item(f"moving_{n}")),
            bureau.put(f"/fields/moving_{n}", field(name="新")),
        )

        [embedded] = (await catalog.told(PUBLISHED, code=f"moving-{n}"))[-1]["fields"]
        assert embedded["name"] == "新", "the field stands changed, and no newer event says so"


async def test_a_change_made_on_an_older_reading_is_refused(bureau: Person):
    await bureau.put("/items/read", item())
    first = (await bureau("GET", "/items/read")).headers["etag"]
    await bureau.put("/items/read", item() | {"name": "第二稿"}, headers={"if-match": first})

    late = await bureau("PUT", "/items/read", json=item(), headers={"if-match": first})
    absent = await bureau("PUT", "/items/never-read", json=item(), headers={"if-match": '"1"'})

    assert (late.status_code, late.json()["type"]) == (412, "/problems/stale")
    assert late.json()["version"] == 2
    assert absent.status_code == 412
    assert (await bureau.get("/items/read"))["record"]["name"] == "第二稿"
    assert (await bureau("GET", "/items/never-read")).status_code == 404


async def test_what_could_never_be_told_is_not_kept(bureau: Person):
    """A name of half a megabyte fits into the database and into no event."""
    huge = {"name": "局" * 200_000, "region": "430700"}

    answer = await bureau("PUT", "/departments/endless", json=huge)

    assert flaws(answer) == ["/name"]
