"""An item is retired: everybody who needs what it issued is found, settled and told."""

import asyncio
import itertools
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.contracts import BundlePublished
from tests.alone import Alone
from tests.catalog.conftest import TODAY, Calendar, evidence, item
from tests.platform import Person

RETIRED, PUBLISHED = "catalog.item.retired", "catalog.item.published"
DAY = date(2026, 12, 1)
LAW = "国发〔2021〕7号"
TEXT = {"code": "sign-text", "text": "本人承诺招牌设置符合容貌标准。", "version": 1}
numbers = itertools.count(1)


class Signs:
    """A sign permit that a food permit and a fire check ask for; nobody else's codes."""

    def __init__(self, bureau: Person) -> None:
        self.bureau, self.number = bureau, next(numbers)
        for name in ("sign", "food", "fire", "paper", "plan", "licence"):
            setattr(self, name, f"{name}-{self.number}")

    async def open(self, **more: Any) -> "Signs":
        for code in (self.paper, self.plan, self.licence):
            await self.bureau.put(f"/evidence-types/{code}", evidence())
        wants_plan = [{"evidence": self.plan, "legal_basis": LAW}]
        await self.put(self.sign, issues=self.paper, requirements=wants_plan, **more)
        for code in (self.food, self.fire):
            await self.put(code, requirements=[self.need(), *wants_plan])
        return self

    def need(self, **more: Any) -> dict[str, Any]:
        return {"evidence": self.paper, "source": "item", "legal_basis": LAW} | more

    async def put(self, code: str, **more: Any) -> Any:
        return await self.bureau.put(f"/items/{code}", item() | more)

    def body(self, mode: str = "cancelled", **more: Any) -> dict[str, Any]:
        dropped = {code: {"action": "drop"} for code in (self.food, self.fire)}
        return {
            "mode": mode,
            "effective": DAY.isoformat(),
            "legal_basis": LAW,
            "dispositions": dropped,
        } | more

    async def retire(self, body: Any = None, query: str = "", **more: Any) -> httpx.Response:
        path = f"/items/{self.sign}/retirement{query}"
        return await self.bureau("PUT", path, json=self.body() if body is None else body, **more)

    async def asks(self, code: str) -> list[dict[str, Any]]:
        record = (await self.bureau.get(f"/items/{code}"))["record"]
        return [one for one in record["requirements"] if one["evidence"] == self.paper]


@pytest.fixture
async def signs(bureau: Person, calendar: Calendar) -> Signs:
    return await Signs(bureau).open()


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def faults(answer: httpx.Response) -> set[tuple[str, str]]:
    assert problem(answer) == (422, "retirement-faulty"), answer.text
    return {(one["pointer"], one["fault"]) for one in answer.json()["errors"]}


# --- looking --------------------------------------------------------------------------------------


async def test_a_dry_run_lists_just_those_who_need_it_and_what_is_missing(
    catalog: Alone, signs: Signs
):
    await signs.put(f"other-{signs.number}", requirements=[{"evidence": signs.plan}])
    looked_up = signs.need(source="register", register_name="招牌系统")
    await signs.put(f"modern-{signs.number}", requirements=[looked_up])
    told = BundlePublished(
        code=f"open-{signs.number}",
        version=1,
        name="开店",
        lead_department="market",
        items=(signs.sign, signs.food),
    )
    await catalog.hear(told)
    before = await catalog.rows("SELECT count(*) FROM outbox")

    answer = await signs.retire(signs.body(dispositions={}), "?dry_run=true")

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["evidence"], found["version"]) == ("dry_run", signs.paper, None)
    needing = [one["item"] for one in found["dependents"]["requirements"]]
    assert needing == sorted([signs.fire, signs.food])
    assert [one["code"] for one in found["dependents"]["bundles"]] == [told.code]
    assert found["dependents"]["applications"] == f"/api/bundles/-/retirements/{signs.sign}"
    assert {(one["pointer"], one["fault"]) for one in found["errors"]} == {
        (f"/dispositions/{code}", "disposition-missing") for code in (signs.fire, signs.food)
    }
    assert await catalog.rows("SELECT count(*) FROM outbox") == before
    assert (await signs.bureau("GET", f"/items/{signs.sign}/retirement")).status_code == 404


async def test_a_dry_run_shows_each_dependent_before_and_after(signs: Signs):
    body = signs.body(
        dispositions={
            signs.food: {"action": "register", "register_name": "招牌系统"},
            signs.fire: {"action": "keep", "kept_by": "market", "legal_basis": LAW},
        }
    )

    found = (await signs.retire(body, "?dry_run=true")).json()

    assert found["errors"] == []
    shown = {one["item"]: one for one in found["rewritten"]}
    assert shown[signs.food]["before"][0]["source"] == "item"
    assert shown[signs.food]["after"][0]["register_name"] == "招牌系统"
    assert shown[signs.fire]["after"][0]["kept_by"] == "market"
    assert (await signs.asks(signs.food))[0]["source"] == "item", "a dry run changes nothing"


async def test_dependents_are_told_without_any_plan_to_retire(catalog: Alone, signs: Signs):
    await signs.put(f"second-{signs.number}", issues=signs.paper)

    found = (await catalog.client.get(f"/items/{signs.sign}/dependents")).json()

    assert found["evidence"] == signs.paper
    assert found["other_issuers"] == [f"second-{signs.number}"]
    assert [one["item"] for one in found["requirements"]] == sorted([signs.fire, signs.food])
    assert (await catalog.client.get("/items/no-such-item/dependents")).status_code == 404


# --- deciding -------------------------------------------------------------------------------------


async def test_who_needs_it_and_has_no_answer_is_named_and_nothing_is_decided(
    catalog: Alone, signs: Signs
):
    one_of_two = signs.body(dispositions={signs.food: {"action": "drop"}})

    answer = await signs.retire(one_of_two)

    assert faults(answer) == {(f"/dispositions/{signs.fire}", "disposition-missing")}
    assert signs.fire in answer.json()["errors"][0]["detail"]
    assert (await signs.bureau("GET", f"/items/{signs.sign}/retirement")).status_code == 404
    assert not await catalog.told(RETIRED, item=signs.sign)
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["in_force_until"] is None


async def test_everything_that_is_wrong_is_told_at_once(signs: Signs):
    body = signs.body(
        effective="2026-11-23",
        becomes=item(),
        dispositions={
            signs.food: {"action": "register"},
            signs.fire: {"action": "keep", "kept_by": "nowhere", "register_name": "x"},
            "stranger": {"action": "drop"},
        },
    )

    assert faults(await signs.retire(body)) == {
        ("/effective", "day-passed"),
        ("/becomes", "becomes-misplaced"),
        (f"/dispositions/{signs.food}/register_name", "disposition-incomplete"),
        (f"/dispositions/{signs.fire}/legal_basis", "disposition-incomplete"),
        (f"/dispositions/{signs.fire}/register_name", "disposition-misplaced"),
        (f"/dispositions/{signs.fire}/kept_by", "unknown-code"),
        ("/dispositions/stranger", "not-a-dependent"),
    }


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"mode": "abolished"}, "/mode"),
        ({"effective": "tomorrow"}, "/effective"),
        ({"legal_basis": ""}, "/legal_basis"),
        ({"dispositions": {"Not A Code": {"action": "drop"}}}, "/dispositions/Not A Code/[key]"),
        ({"dispositions": {"x": {"action": "forget"}}}, "/dispositions/x/action"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_its_place(signs: Signs, wrong, pointer):
    answer = await signs.retire(signs.body() | wrong)

    assert answer.status_code == 422
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("days", [-1, 5 * 366 + 1])
async def test_a_day_that_has_passed_or_is_far_away_is_refused(signs: Signs, days: int):
    day = (TODAY + timedelta(days=days)).isoformat()

    answer = await signs.retire(signs.body(effective=day))

    assert {pointer for pointer, _ in faults(answer)} == {"/effective"}


async def test_the_decision_is_told_with_its_day_before_the_day(catalog: Alone, signs: Signs):
    body = signs.body(
        dispositions={
            signs.food: {"action": "register", "register_name": "招牌系统"},
            signs.fire: {"action": "commitment", "commitment": TEXT},
        }
    )

    decided = await signs.retire(body)

    assert decided.status_code == 200, decided.text
    assert decided.headers["etag"] == '"1"'
    assert decided.json()["state"] == "decided"
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["version"], told["mode"], told["effective"]) == (1, "cancelled", "2026-12-01")
    assert (told["evidence"], told["department"], told["item_version"]) == (
        signs.paper,
        "market",
        1,
    )
    settled = {one["items"][0]: one for one in told["dispositions"]}
    assert settled[signs.food]["register_name"] == "招牌系统"
    assert settled[signs.fire]["commitment"] == "sign-text"
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 1


async def test_before_the_day_both_versions_are_known(signs: Signs):
    await signs.retire()

    page = await signs.bureau.get(f"/items/{signs.food}/versions")
    states = [(one["state"], one["in_force_from"]) for one in page["items"]]
    asked = [{need["evidence"] for need in one["record"]["requirements"]} for one in page["items"]]

    assert states == [("scheduled", "2026-12-01"), ("in_force", "2026-11-24")]
    assert asked == [{signs.plan}, {signs.plan, signs.paper}]
    on_the_day = await signs.bureau.get(f"/items/{signs.food}?on=2026-12-01")
    assert {one["evidence"] for one in on_the_day["record"]["requirements"]} == {signs.plan}
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["in_force_until"] == "2026-12-01"


async def test_on_the_day_each_dependent_is_rewritten_and_told(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    keeper = f"keeper-{signs.number}"
    await signs.put(keeper, requirements=[signs.need(deferrable=True)])
    await signs.retire(
        signs.body(
            dispositions={
                signs.food: {"action": "register", "register_name": "招牌系统"},
                signs.fire: {"action": "commitment", "commitment": TEXT},
                keeper: {"action": "keep", "kept_by": "market", "legal_basis": "《条例》第三条"},
            }
        )
    )

    await calendar.tick(DAY, hour=0)

    [food] = await signs.asks(signs.food)
    assert (food["source"], food["register_name"]) == ("register", "招牌系统")
    [fire] = await signs.asks(signs.fire)
    assert (fire["source"], fire["commitment"]) == ("commitment", "sign-text")
    [kept] = await signs.asks(keeper)
    assert (kept["source"], kept["kept_by"], kept["legal_basis"]) == (
        "applicant",
        "market",
        "《条例》第三条",
    )
    for code in (signs.food, signs.fire, keeper):
        told = (await catalog.told(PUBLISHED, code=code))[-1]
        assert (told["version"], told["item"]["in_force_from"]) == (2, "2026-12-01")
    [text] = (await catalog.told(PUBLISHED, code=signs.fire))[-1]["item"]["commitments"]
    assert text["text"] == TEXT["text"]
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [one["state"] for one in shown["items"]] == ["retired"]
    assert (await signs.bureau.get(f"/items/{signs.sign}/retirement"))["state"] == "in_force"


async def test_today_means_today(catalog: Alone, signs: Signs):
    await signs.retire(signs.body(effective=TODAY.isoformat()))

    assert await signs.asks(signs.food) == await signs.asks(signs.fire) == []
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 2
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert told["effective"] == TODAY.isoformat()


async def test_the_same_decision_again_changes_nothing_and_tells_nobody(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    first = await signs.retire()
    again = await signs.retire()
    await calendar.tick(DAY)
    late = await signs.retire()

    assert [one.headers["etag"] for one in (first, again, late)] == ['"1"'] * 3
    assert len(await catalog.told(RETIRED, item=signs.sign)) == 1
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 2


async def test_eight_editors_who_decide_the_same_at_once_decide_it_once(
    catalog: Alone, signs: Signs
):
    answers = await asyncio.gather(*(signs.retire() for _ in range(8)))

    assert {(one.status_code, one.headers["etag"]) for one in answers} == {(200, '"1"')}
    assert len(await catalog.told(RETIRED, item=signs.sign)) == 1


async def test_until_its_day_it_may_be_decided_otherwise(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    await signs.retire()
    later = DAY + timedelta(days=3)
    keep = {"action": "keep", "kept_by": "market", "legal_basis": LAW}
    other = signs.body(
        effective=later.isoformat(),
        dispositions={signs.food: keep, signs.fire: {"action": "drop"}},
    )

    answer = await signs.retire(other, headers={"if-match": '"1"'})

    assert answer.headers["etag"] == '"2"'
    assert [one["version"] for one in await catalog.told(RETIRED, item=signs.sign)] == [1, 2]
    await calendar.tick(DAY)
    assert len(await signs.asks(signs.food)) == len(await signs.asks(signs.fire)) == 1
    await calendar.tick(later)
    assert [one["kept_by"] for one in await signs.asks(signs.food)] == ["market"]
    assert await signs.asks(signs.fire) == []


async def test_a_decision_made_on_an_older_reading_is_refused(signs: Signs):
    await signs.retire()
    later = signs.body(effective="2026-12-24")

    for tag in ('"0"', '"7"'):
        assert problem(await signs.retire(later, headers={"if-match": tag})) == (412, "stale")
    assert (await signs.bureau.get(f"/items/{signs.sign}/retirement"))["effective"] == "2026-12-01"


async def test_it_may_be_taken_back_until_its_day_and_everybody_is_told(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    await signs.retire()
    path = f"/items/{signs.sign}/retirement"

    for _ in range(2):
        assert (await signs.bureau("DELETE", path)).status_code == 204

    told = await catalog.told(RETIRED, item=signs.sign)
    assert [(one["version"], one["withdrawn"]) for one in told] == [(1, False), (2, True)]
    assert (await signs.bureau.get(path))["state"] == "withdrawn"
    await calendar.tick(DAY)
    assert len(await signs.asks(signs.food)) == len(await signs.asks(signs.fire)) == 1
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [(one["state"], one["in_force_until"]) for one in shown["items"]] == [("in_force", None)]

    assert (await signs.retire(signs.body(effective="2026-12-05"))).headers["etag"] == '"3"'


async def test_once_its_day_has_come_it_stands(signs: Signs, calendar: Calendar):
    path = f"/items/{signs.sign}/retirement"
    await signs.retire()
    await calendar.tick(DAY)

    other = await signs.retire(signs.body("commitment", effective="2026-12-24"))
    back = await signs.bureau("DELETE", path)
    written = await signs.bureau("PUT", f"/items/{signs.sign}", json=item(name="又来"))

    assert problem(other) == problem(back) == (409, "already-retired")
    assert problem(written) == (409, "item-retired")
    assert problem(await signs.bureau("DELETE", f"/items/{signs.food}/retirement")) == (
        404,
        "retirement-unknown",
    )


# --- the four modes -------------------------------------------------------------------------------


async def test_a_filing_goes_on_at_once_and_issues_no_licence(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    answer = await signs.retire(signs.body("filing"))
    assert answer.status_code == 200, answer.text
    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.sign}"))["record"]
    assert (record["kind"], record["accepts"], record["handling"]) == ("10", "automatic", "instant")
    assert (record["promised"]["value"], record["issues"]) == (0, None)
    assert await signs.asks(signs.food) == []
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["mode"], told["evidence"]) == ("filing", signs.paper)
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [one["state"] for one in shown["items"]] == ["in_force", "superseded"]


async def test_a_described_filing_is_a_filing(signs: Signs):
    licence = item(issues=signs.paper, requirements=[{"evidence": signs.licence}], visits=2)

    answer = await signs.retire(signs.body("filing", becomes=licence))

    assert faults(answer) == {
        ("/becomes/promised", "filing-not-instant"),
        ("/becomes/issues", "filing-issues-licence"),
        ("/becomes/requirements/0", "asks-more"),
        ("/becomes/visits", "more-visits"),
        *((f"/dispositions/{code}", "nothing-ends") for code in (signs.food, signs.fire)),
    }


async def test_an_optimised_item_asks_less_and_goes_on_issuing(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    lighter = item(issues=signs.paper, promised={"value": 1, "unit": "working_day"})

    answer = await signs.retire(signs.body("optimised", becomes=lighter, dispositions={}))
    assert answer.status_code == 200, answer.text
    await calendar.tick(DAY)

    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["evidence"], told["no_longer_asks"]) == (None, [signs.plan])
    assert len(await signs.asks(signs.food)) == 1
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["record"]["requirements"] == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"requirements": [{"evidence": "plan", "lowest_trust": "A"}]}, "asks-more"),
        ({"promised": {"value": 9, "unit": "working_day"}, "requirements": []}, "slower"),
        ({"requirements": [{"evidence": "plan"}, {"evidence": "licence"}]}, "asks-more"),
        ({}, "changes-nothing"),
    ],
)
async def test_an_optimisation_that_asks_more_or_changes_nothing_is_none(
    signs: Signs, change: dict, fault: str
):
    plain = [{"evidence": "plan", "legal_basis": LAW}]
    wanted = {"issues": signs.paper, "requirements": plain} | change
    wanted["requirements"] = [
        one | {"evidence": getattr(signs, one["evidence"])} for one in wanted["requirements"]
    ]

    answer = await signs.retire(signs.body("optimised", becomes=item(**wanted), dispositions={}))

    assert {name for _, name in faults(answer)} == {fault}


async def test_an_optimisation_says_what_the_item_becomes(signs: Signs):
    answer = await signs.retire(signs.body("optimised", dispositions={}))

    assert ("/becomes", "becomes-missing") in faults(answer)


async def test_what_an_item_becomes_must_make_sense_itself(signs: Signs):
    lighter = item(issues=signs.paper, department="nowhere")

    answer = await signs.retire(signs.body("optimised", becomes=lighter, dispositions={}))

    assert faults(answer) == {("/becomes/department", "unknown-code")}


# --- others who issue the same, and editors in between --------------------------------------------


async def test_where_others_go_on_issuing_it_nobody_must_be_settled(catalog: Alone, signs: Signs):
    await signs.put(f"second-{signs.number}", issues=signs.paper)

    answer = await signs.retire(signs.body(dispositions={}))

    assert answer.status_code == 200, answer.text
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert told["still_issued_by"] == [f"second-{signs.number}"]
    assert len(await signs.asks(signs.food)) == 1


async def test_the_last_one_of_two_to_end_must_settle_them(signs: Signs):
    second = f"second-{signs.number}"
    await signs.put(second, issues=signs.paper)
    await signs.retire(signs.body(dispositions={}))

    answer = await signs.bureau(
        "PUT", f"/items/{second}/retirement", json=signs.body(dispositions={})
    )

    assert {fault for _, fault in faults(answer)} == {"disposition-missing"}


async def test_an_editor_who_changes_a_dependent_before_the_day_keeps_the_change(
    signs: Signs, calendar: Calendar
):
    await signs.retire()
    await signs.put(signs.food, name="新名", requirements=[signs.need()])

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert (record["name"], record["requirements"]) == ("新名", [])


@pytest.mark.parametrize("days", [-2, 0, 4])
async def test_a_version_that_an_editor_has_scheduled_is_changed_too(
    signs: Signs, calendar: Calendar, days: int
):
    day = DAY + timedelta(days=days)
    planned = item(name="排定", requirements=[signs.need()])
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=planned)
    await signs.bureau.put(f"/items/{signs.food}/draft/publication", {"from": day.isoformat()})
    await signs.retire()

    await calendar.tick(max(day, DAY))

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert (record["name"], record["requirements"]) == ("排定", [])


async def test_a_version_made_by_a_retirement_is_not_taken_back_by_itself(signs: Signs):
    await signs.retire(signs.body("filing"))

    for code in (signs.food, signs.sign):
        answer = await signs.bureau("DELETE", f"/items/{code}/scheduled/2026-12-01")
        assert problem(answer) == (409, "of-retirement")


async def test_an_editors_version_of_that_day_may_be_taken_back_and_the_retirement_stays(
    signs: Signs, calendar: Calendar
):
    planned = item(name="排定", requirements=[signs.need()])
    await signs.retire()
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=planned)
    path = f"/items/{signs.food}/draft/publication"
    assert faults_of(await signs.bureau("PUT", path, json={"from": "2026-12-01"})) == {
        "ended-evidence"
    }
    without = item(name="排定")
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=without, headers={"if-match": "*"})
    await signs.bureau.put(path, {"from": "2026-12-01"})

    taken = await signs.bureau("DELETE", f"/items/{signs.food}/scheduled/2026-12-01")
    await calendar.tick(DAY)

    assert taken.json()["record"]["name"] == "排定"
    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert record["name"] == "事项"
    assert signs.paper not in {one["evidence"] for one in record["requirements"]}


def faults_of(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["fault"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("when", ["before", "after"])
async def test_nobody_new_may_ask_for_what_nobody_issues(
    signs: Signs, calendar: Calendar, when: str
):
    newcomer = f"/items/newcomer-{signs.number}"
    await signs.retire()
    if when == "after":
        await calendar.tick(DAY)

    refused = await signs.bureau("PUT", newcomer, json=item(requirements=[signs.need()]))

    [flaw] = refused.json()["errors"]
    assert (flaw["pointer"], flaw["fault"]) == ("/requirements/0/evidence", "ended-evidence")
    for allowed in (
        signs.need(source="register", register_name="招牌系统"),
        signs.need(kept_by="market"),
    ):
        answer = await signs.bureau("PUT", newcomer, json=item(requirements=[allowed]))
        assert answer.status_code == 200, answer.text


async def test_a_new_issuer_makes_it_askable_again(signs: Signs, calendar: Calendar):
    await signs.retire()
    await calendar.tick(DAY)
    await signs.put(f"successor-{signs.number}", issues=signs.paper)

    answer = await signs.bureau(
        "PUT", f"/items/{signs.fire}", json=item(requirements=[signs.need()])
    )

    assert answer.status_code == 200, answer.text


async def test_a_filing_does_not_become_a_licence_again(signs: Signs, calendar: Calendar):
    await signs.retire(signs.body("filing"))
    await calendar.tick(DAY)

    answer = await signs.bureau("PUT", f"/items/{signs.sign}", json=item(issues=signs.paper))

    assert faults_of(answer) == {"issues-what-ended"}


@pytest.mark.parametrize("mode", ["cancelled", "filing"])
async def test_an_item_that_will_be_retired_issues_nothing_else_meanwhile(signs: Signs, mode: str):
    """Who needs that other paper was asked by nobody."""
    await signs.retire(signs.body(mode))
    path = f"/items/{signs.sign}"

    for issues in (signs.licence, None):
        answer = await signs.bureau("PUT", path, json=item(issues=issues))
        assert faults_of(answer) == {"will-be-retired"}

    same = await signs.bureau("PUT", path, json=item(name="新名", issues=signs.paper))
    assert same.status_code == 200, same.text
    await signs.bureau("DELETE", f"{path}/retirement")
    assert (await signs.bureau("PUT", path, json=item())).status_code == 200


async def test_two_retirements_of_one_day_change_one_dependent_together(
    signs: Signs, calendar: Calendar
):
    plans = f"plans-{signs.number}"
    await signs.put(plans, issues=signs.plan)
    every = {code: {"action": "drop"} for code in (signs.food, signs.fire, signs.sign)}
    await signs.retire()
    other = await signs.bureau(
        "PUT", f"/items/{plans}/retirement", json=signs.body(dispositions=every)
    )
    assert faults(other) == {(f"/dispositions/{signs.sign}", "not-a-dependent")}, "it ends itself"
    del every[signs.sign]
    await signs.bureau.put(f"/items/{plans}/retirement", signs.body(dispositions=every))

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert record["requirements"] == []
    assert (await signs.bureau.get(f"/items/{signs.food}"))["version"] == 2


async def test_taking_one_of_two_back_leaves_the_other(signs: Signs, calendar: Calendar):
    plans = f"plans-{signs.number}"
    await signs.put(plans, issues=signs.plan)
    every = {code: {"action": "drop"} for code in (signs.food, signs.fire)}
    await signs.retire()
    await signs.bureau.put(f"/items/{plans}/retirement", signs.body(dispositions=every))
    await signs.bureau("DELETE", f"/items/{signs.sign}/retirement")

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert [one["evidence"] for one in record["requirements"]] == [signs.paper]


async def test_a_text_too_many_is_told_at_the_decision_not_on_the_day(signs: Signs):
    texts = [{"code": f"text-{n}", "text": "承诺"} for n in range(20)]
    await signs.put(signs.food, requirements=[signs.need()], commitments=texts)
    body = signs.body()
    body["dispositions"][signs.food] = {"action": "commitment", "commitment": TEXT}

    answer = await signs.retire(body)

    assert problem(answer) == (422, "retirement-faulty")
    assert answer.json()["errors"][0]["pointer"].startswith(f"/dispositions/{signs.food}")


async def test_only_the_bureau_decides(catalog: Alone, signs: Signs):
    path = f"/items/{signs.sign}/retirement"
    for role in ("citizen", "officer", "clerk", "operator"):
        who = catalog.person(role, "somebody", department="market")
        for method in ("PUT", "DELETE"):
            answer = await who(method, path, json=signs.body())
            assert problem(answer) == (403, "excluded")
    assert (await catalog.client.put(path, json=signs.body())).status_code == 401
    assert (
        problem(await signs.bureau("PUT", "/items/nowhere/retirement", json=signs.body()))[0] == 404
    )


async def test_a_department_with_a_system_of_its_own_hears_what_becomes_of_its_items(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """Market is a partner, the gardens are not; the sign permit is the gardens'."""
    await bureau.put("/departments/gardens", {"name": "园林局", "region": "430700"})
    signs = await Signs(bureau).open(department="gardens")
    await signs.put(signs.fire, department="gardens", requirements=[signs.need()])
    told = "partner.market.item.retired"

    await signs.retire()
    await signs.bureau("DELETE", f"/items/{signs.sign}/retirement")

    first, last = await catalog.told(told, item=signs.sign)
    assert (first["department"], first["evidence"]) == ("market", signs.paper)
    [own] = first["dispositions"]
    assert (own["items"], own["action"]) == ([signs.food], "drop"), "nothing of the gardens' items"
    assert (first["withdrawn"], last["withdrawn"]) == (False, True)
    assert not await catalog.told("partner.gardens.item.retired", item=signs.sign)


async def test_a_dry_run_tells_no_partner(catalog: Alone, signs: Signs):
    await signs.retire(query="?dry_run=true")

    assert not await catalog.told("partner.market.item.retired", item=signs.sign)
