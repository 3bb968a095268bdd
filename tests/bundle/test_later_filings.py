"""A holder asks to renew, change or replace what was issued: what it takes, and what is refused."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis import ticks
from services.contracts import (
    ApprovalStopped,
    EvidenceTypeRecord,
    FieldRecord,
    ItemPublished,
    ItemRecord,
    ResultIssued,
)
from tests import world
from tests.alone import letter
from tests.bundle.office import (
    Office,
    accepted,
    decided,
    issued,
    of,
    pointers,
    problem,
    states,
)
from tests.bundle.test_corrections import NAME
from tests.bundle.test_corrections import asked as correction
from tests.bundle.test_endings import PLACE, RENEWING, ended
from tests.bundle.test_expiries import look
from tests.bundle.test_expiries import notices as expiring
from tests.bundle.test_wallet import renewal

REQUESTED = "bundle.approval.requested"
END = date(2030, 6, 30)
LAST_DAY = END - timedelta(days=30)
CONTENT = {"permit_number": "JY001", "shop_name": "清风小馆"}
RENEWAL = {"kind": "renewal", "fields": ["shop_name"], "evidence": ["floor-plan"]}
CHANGE = {"kind": "change", "fields": ["shop_name"], "promised": {"value": 2}}
REPLACEMENT = {"kind": "replacement"}
OFFERED = [RENEWAL, CHANGE, REPLACEMENT]


versions = itertools.count(2)
numbers = itertools.count(1)


def new_number() -> str:
    return f"OV20250701-{next(numbers):013X}"


def permit(offered: Any = OFFERED) -> ItemPublished:
    record = world.ITEMS["shop-permit"] | {"later_filings": offered, "validity": {"value": 5}}
    fields = ("shop_name", "premises", "permit_number")
    papers = ("licence-fact", "floor-plan", "shop-permit")
    return ItemPublished(
        code="shop-permit",
        version=next(versions),
        item=ItemRecord(code="shop-permit", **record),
        fields=tuple(FieldRecord(code=code, **world.FIELDS[code]) for code in fields),
        evidence_types=tuple(
            EvidenceTypeRecord(code=code, **world.EVIDENCE[code]) for code in papers
        ),
    )


@pytest.fixture(autouse=True)
async def in_spring(office: Office) -> AsyncIterator[None]:
    await office.hear(permit())
    on(office, date(2030, 4, 1))
    yield
    office.app.state.clock = ticks.utc


def on(office: Office, day: date) -> None:
    office.app.state.clock = lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


class Holding:
    """Somebody with one permit."""

    def __init__(self, office: Office, who: Any, application: Any, made: ResultIssued) -> None:
        self.office, self.who, self.application, self.made = office, who, application, made
        self.number = made.number

    async def plan(self, kind: str, **more: Any) -> Any:
        return await self.try_plan(kind, **more)

    async def asked(self, kind: str, who: Any = None) -> Any:
        path = f"/wallet/results/{self.number}/compositions"
        return await (who or self.who)("POST", path, json={"kind": kind})

    async def try_plan(self, kind: str, who: Any = None) -> Any:
        answer = await self.asked(kind, who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def filing(self, kind: str, who: Any = None) -> dict[str, Any]:
        plan = await self.try_plan(kind, who)
        form = {"shop_name": "明月小馆"}
        materials = {
            one["key"]: [await self.office.upload(who or self.who)] for one in plan["materials"]
        }
        return {
            "replaces": {"number": self.number, "kind": kind},
            "plan": plan["digest"],
            "form": {one["field"]: form[one["field"]] for one in plan["form"]},
            "materials": materials,
        }

    async def filed(self, kind: str, who: Any = None) -> Any:
        return await (who or self.who).post("/applications", await self.filing(kind, who))

    async def requested(self, application: Any) -> dict[str, Any]:
        [told] = await self.office.told(REQUESTED, application=application["id"])
        return told

    def following(self, application: Any, kind: str, **more: Any) -> ResultIssued:
        """The result of a later filing."""
        about = {"replaces": self.number, "replaced_as": kind, "valid_until": END}
        about |= {"replaced_from": date(2030, 4, 1), "digest": self.made.digest}
        return issued(application, kind, "shop-permit", **about | more)


async def holding(office: Office, end: date | None = END) -> Holding:
    who = office.somebody()
    application = await office.filed(who)
    licence = issued(application, "licence", "licence-fact")
    await office.hear(decided(application, "licence"), licence)
    valid = {"valid_from": date(2025, 7, 1), "valid_until": end, "number": new_number()}
    made = await office.issue(application, "permit", CONTENT, evidence="shop-permit", **valid)
    await office.hear(decided(application, "permit"), made)
    return Holding(office, who, application, made)


async def permits(who: Any) -> dict[str, Any]:
    found = (await who.get("/wallet"))["items"]
    return {one["result_number"]: one for one in found if one["evidence"] == "shop-permit"}


async def test_a_renewal_asks_what_the_record_says_for_it_and_names_the_result(office: Office):
    one = await holding(office)

    plan = await one.try_plan("renewal")
    application = await one.filed("renewal")

    assert [asked["field"] for asked in plan["form"]] == ["shop_name"]
    assert plan["materials"] == [], "a floor plan of these premises is held"
    assert [(one["evidence"], one["why"]) for one in plan["not_asked"]] == [("floor-plan", "held")]
    assert plan["replaces"] == {"number": one.number, "kind": "renewal"}
    assert plan["name"] == "食品经营许可（延续）"
    assert states(application) == {"renewal": "requested"}
    told = await one.requested(application)
    assert told["replaces"] == {
        "number": one.number,
        "kind": "renewal",
        "valid_until": END.isoformat(),
        "deemed_consent": False,
        "at_once": False,
    }
    assert (told["item"], told["issues"]) == ("shop-permit", "shop-permit")
    assert told["holder"] == one.application["holder"]


async def test_a_plan_of_other_premises_does_not_serve(office: Office):
    one = await holding(office)
    await office.rows(
        "UPDATE evidence SET subject_index = 'elsewhere' WHERE party = :party"
        " AND evidence = 'floor-plan'",
        party=one.application["holder"],
    )

    plan = await one.try_plan("renewal")
    application = await one.filed("renewal")

    assert [asked["evidence"] for asked in plan["materials"]] == ["floor-plan"]
    rows = await office.rows(
        "SELECT subject_index FROM evidence WHERE application = CAST(:id AS uuid)",
        id=application["id"],
    )
    made = await office.rows(
        "SELECT subject_index FROM evidence WHERE result_number = :number", number=one.number
    )
    assert [row.subject_index for row in rows] == [row.subject_index for row in made]


async def test_a_change_of_premises_is_about_the_new_ones(office: Office):
    one = await holding(office)
    move = {"kind": "change", "fields": ["premises"], "evidence": ["floor-plan"]}
    await office.hear(permit([move]))
    plan = await one.try_plan("change")
    assert [asked["field"] for asked in plan["form"]] == ["premises"]
    filing = {
        "replaces": {"number": one.number, "kind": "change"},
        "plan": plan["digest"],
        "form": {"premises": "滨江路 9 号"},
        "materials": {m["key"]: [await office.upload(one.who)] for m in plan["materials"]},
    }

    application = await one.who.post("/applications", filing)
    made = one.following(application, "change")
    await office.hear(made)

    rows = await office.rows(
        "SELECT count(DISTINCT subject_index) AS things FROM evidence"
        " WHERE party = :party AND evidence = 'shop-permit'",
        party=application["holder"],
    )
    assert rows[0].things == 2


async def test_each_kind_has_its_own_promise_and_asks_its_own(office: Office):
    one = await holding(office)

    change = await one.try_plan("change")
    again = await one.try_plan("replacement")

    assert change["members"][0]["promise"] == {"value": 2, "unit": "working_day"}
    assert change["materials"] == []
    assert (again["form"], again["materials"]) == ([], [])
    assert len({change["digest"], again["digest"]}) == 2


async def test_a_replacement_repeats_the_content_and_nothing_is_examined(office: Office):
    one = await holding(office)
    application = await one.filed("replacement")
    assert (await one.requested(application))["replaces"]["at_once"] is True
    made = one.following(application, "replacement")

    await office.hear(decided(application, "replacement"), made)

    held = await permits(one.who)
    old, new = held[one.number], held[made.number]
    assert (old["replaced_by"], old["replaced_as"]) == (made.number, "replacement")
    assert new["replaced_by"] is None
    page = await one.who("GET", f"/wallet/{new['id']}/certificate")
    assert (page.status_code, "JY001" in page.text) == (200, True)
    gone = await one.who("GET", f"/wallet/{old['id']}/certificate")
    assert "已补发新证" in gone.text
    assert "已补发新证" not in page.text


async def test_the_new_one_is_tied_to_the_same_premises(office: Office):
    one = await holding(office)
    application = await one.filed("replacement")
    await office.hear(one.following(application, "replacement"))

    rows = await office.rows(
        "SELECT DISTINCT subject_index FROM evidence WHERE party = :party"
        " AND evidence = 'shop-permit'",
        party=application["holder"],
    )

    assert len(rows) == 1
    assert rows[0].subject_index


async def test_what_is_replaced_later_serves_until_its_day(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    follows = END + timedelta(days=1)
    until = END.replace(year=2035)
    made = one.following(application, "renewal", replaced_from=follows, valid_until=until)
    await office.hear(decided(application, "renewal"), made)
    old = (await permits(one.who))[one.number]

    before = await one.who("GET", f"/wallet/{old['id']}/certificate")
    on(office, follows)
    after = await one.who("GET", f"/wallet/{old['id']}/certificate")

    assert "已延续换发新证" not in before.text
    assert "已延续换发新证" in after.text


async def test_from_its_day_on_the_new_one_is_held_and_not_the_earlier_one(office: Office):
    await office.hear(renewal())
    await office.publish("renewing-later", RENEWING)
    one = await holding(office)
    application = await one.filed("change")
    day = date(2030, 5, 1)
    made = one.following(application, "change", replaced_from=day, number=new_number())
    await office.hear(decided(application, "change"), made)
    held = await permits(one.who)

    async def used() -> list[str]:
        plan = await office.planned(one.who, "renewing-later", PLACE)
        return [spared["by"] for spared in plan["not_asked"]]

    before = await used()
    on(office, day)
    after = await used()

    assert before == [held[one.number]["id"]]
    assert after == [held[made.number]["id"]]


# --- what is refused ------------------------------------------------------------------------------


async def test_somebody_elses_result_and_none_look_the_same(office: Office):
    one = await holding(office)
    stranger = office.somebody()

    foreign = await one.asked("renewal", stranger)
    filing = await one.filing("renewal") | {"materials": {}}
    filed = await stranger("POST", "/applications", json=filing)
    one.number = "OV20200101-0000000000000"
    absent = await one.asked("renewal", stranger)

    assert problem(foreign) == problem(absent) == problem(filed) == (404, "result-unknown")


@pytest.mark.parametrize("kind", ["renewal", "change", "replacement"])
async def test_of_what_has_ended_nothing_is_asked(office: Office, kind: str):
    one = await holding(office)
    filing = await one.filing(kind)
    await office.hear(ended(one.application, "permit", "shop-permit"))

    asked = await one.asked(kind)
    filed = await one.who("POST", "/applications", json=filing)

    assert problem(asked) == problem(filed) == (409, "earlier-ended")


@pytest.mark.parametrize("kind", ["renewal", "change", "replacement"])
async def test_what_has_expired_is_applied_for_anew(office: Office, kind: str):
    one = await holding(office)
    on(office, END + timedelta(days=1))

    assert problem(await one.asked(kind)) == (409, "earlier-expired")


async def test_a_renewal_is_asked_for_in_time(office: Office):
    one = await holding(office)
    on(office, LAST_DAY)
    filing = await one.filing("renewal")
    on(office, LAST_DAY + timedelta(days=1))

    late = await one.who("POST", "/applications", json=filing)

    assert problem(late) == (409, "too-late-to-renew")
    assert LAST_DAY.isoformat() in late.json()["detail"]
    assert (await one.asked("change")).status_code == 200, "a change has until the end"


async def test_the_item_may_set_another_day(office: Office):
    one = await holding(office)
    await office.hear(permit([RENEWAL | {"days_before": 0}]))
    on(office, END)

    assert (await one.asked("renewal")).status_code == 200
    assert problem(await one.asked("change")) == (409, "kind-not-offered")


async def test_what_does_not_expire_is_not_renewed(office: Office):
    one = await holding(office, end=None)

    assert problem(await one.asked("renewal")) == (409, "nothing-to-renew")
    assert (await one.asked("change")).status_code == 200


async def test_an_item_that_offers_nothing_says_so(office: Office):
    who = office.somebody()
    application = await office.filed(who)
    made = issued(application, "licence", "licence-fact", number=new_number())
    await office.hear(decided(application, "licence"), made)

    path = f"/wallet/results/{made.number}/compositions"
    answer = await who("POST", path, json={"kind": "change"})

    assert problem(answer) == (409, "kind-not-offered")
    assert answer.json()["offered"] == []


async def test_a_filing_is_of_a_bundle_or_of_a_result(office: Office):
    one = await holding(office)
    right = await one.filing("renewal")
    nobody = {name: value for name, value in right.items() if name != "replaces"}
    wrong = [
        (right | {"bundle": "shop"}, ["/bundle"]),
        (nobody, ["/bundle"]),
        (right | {"holder": {"number": "1"}}, ["/holder"]),
        (right | {"replaces": {"number": one.number, "kind": "loan"}}, ["/replaces/kind"]),
        (right | {"replaces": {"number": "a b", "kind": "change"}}, ["/replaces/number"]),
    ]

    for body, where in wrong:
        assert pointers(await one.who("POST", "/applications", json=body)) == where


async def test_a_plan_of_another_kind_or_result_is_another_plan(office: Office):
    one = await holding(office)
    filing = await one.filing("replacement")

    answer = await one.who(
        "POST",
        "/applications",
        json=filing | {"replaces": {"number": one.number, "kind": "change"}},
    )

    assert problem(answer) == (409, "plan-changed")


async def test_the_kinds_are_no_bundles(office: Office):
    bureau = office.person("bureau", "li")

    answer = await bureau("PUT", "/bundles/renewal", json=world.BUNDLE)

    assert problem(answer) == (422, "code-reserved")


# --- one at a time --------------------------------------------------------------------------------


async def test_two_at_once_are_one_and_the_other_is_shown_it(office: Office):
    await office.connect()
    for _ in range(5):
        one = await holding(office)
        filings = [await one.filing(kind) for kind in ("renewal", "change", "renewal")]

        answers = await asyncio.gather(
            *(one.who("POST", "/applications", json=filing) for filing in filings)
        )

        [made] = [answer.json() for answer in answers if answer.status_code == 201]
        others = [answer for answer in answers if answer.status_code != 201]
        assert {problem(answer) for answer in others} == {(409, "already-filed")}
        for other in others:
            [shown] = other.json()["already_open"]
            assert shown["application"] == made["id"]


async def test_it_is_open_until_it_is_issued_or_refused(office: Office):
    one = await holding(office)
    first = await one.filed("change")
    await office.hear(accepted(first, "change"), decided(first, "change"))
    granted = await one.try_plan("renewal")
    await office.hear(one.following(first, "change"))
    replaced = await one.asked("renewal")

    assert [shown["application"] for shown in granted["already_open"]] == [first["id"]]
    assert problem(replaced) == (409, "earlier-replaced")


async def test_after_a_refusal_or_a_withdrawal_it_may_be_asked_again(office: Office):
    one = await holding(office)
    first = await one.filed("change")
    await office.hear(decided(first, "change", "refused"))
    second = await one.filed("change")
    await one.who.put(f"/applications/{second['id']}/withdrawal")

    third = await one.filed("renewal")

    assert states(third) == {"renewal": "requested"}


async def test_a_first_filing_of_the_same_item_is_another_matter(office: Office):
    one = await holding(office)
    await one.filed("renewal")

    plan = await office.planned(one.who, "shop", world.ANSWERS)

    assert "permit" in [member["member"] for member in plan["members"]]


# --- when the earlier result goes -----------------------------------------------------------------


def stopped(application: Any, member: str, **more: Any) -> ApprovalStopped:
    own = of(application, member)
    now = datetime.now(UTC)
    about = {"bundle": application["bundle"], "item": own["item"], "opened_at": now}
    return ApprovalStopped(
        approval=UUID(own["approval"]),
        application=application["id"],
        member=member,
        department=own["department"],
        stopped_at=now,
        **about | more,
    )


async def test_what_loses_its_result_becomes_impossible_and_is_told_once(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    told = letter(stopped(application, "renewal", because="earlier_result_gone"))

    await office.hear(accepted(application, "renewal"), told)
    await office.hear(told)

    seen = await office.progress(one.who, application)
    assert (states(seen), seen["outcome"]) == ({"renewal": "impossible"}, "stopped")
    assert of(seen, "renewal")["reason_code"] == "earlier-result-gone"
    about = [n for n in (await one.who.get("/notices"))["items"] if n["kind"] == "completed"]
    assert [n["application"] for n in about] == [application["id"]]
    await office.hear(decided(application, "renewal"))
    assert states(await office.progress(one.who, application)) == {"renewal": "impossible"}


async def test_a_stop_that_we_wished_for_is_no_news(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")

    await office.hear(stopped(application, "renewal"))

    assert states(await office.progress(one.who, application)) == {"renewal": "requested"}


async def test_a_decision_that_came_first_stands(office: Office):
    one = await holding(office)
    application = await one.filed("renewal")
    await office.hear(decided(application, "renewal"))

    await office.hear(stopped(application, "renewal", because="earlier_result_gone"))

    assert states(await office.progress(one.who, application)) == {"renewal": "granted"}


# --- the notice that it runs out ------------------------------------------------------------------


async def test_the_notice_leads_to_the_renewal(office: Office):
    one = await holding(office)

    await look(office, END - timedelta(days=40))

    [notice] = await expiring(one.who)
    path = f"/api/wallet/results/{one.number}/compositions"
    assert notice["next"] == {"code": "renew", "path": path}


async def test_of_what_is_replaced_nobody_is_told_that_it_runs_out(office: Office):
    one = await holding(office)
    application = await one.filed("change")
    await office.hear(one.following(application, "change", valid_until=None))

    await look(office, END - timedelta(days=40))

    assert await expiring(one.who) == []


async def test_an_unknown_successor_is_no_error(office: Office):
    """What replaces a result that never lay here (an older system's) is just a result."""
    who = office.somebody()
    application = await office.filed(who)
    about = {"replaces": f"OV-{uuid4()}", "replaced_as": "change", "replaced_from": END}

    await office.hear(issued(application, "licence", "licence-fact", **about))

    assert states(await office.progress(who, application))["licence"] == "granted"


async def test_what_is_asked_of_a_result_is_put_right_like_any_other_filing(office: Office):
    held = await holding(office)
    application = await held.filed("renewal")
    await office.hear(correction(application, "renewal", NAME))

    path = f"/applications/{application['id']}/corrections/renewal"
    answer = await held.who("PUT", path, json={"form": {"shop_name": "明月小馆二店"}})

    assert answer.status_code == 200, answer.text
    [told] = await office.told("bundle.dossier.amended", application=application["id"])
    assert told["because"] == "correction"
