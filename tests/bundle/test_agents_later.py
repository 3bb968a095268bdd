"""What an agent may ask of a result: what its mandate's bundles once issued to that principal."""

from typing import Any

import pytest

from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests import county
from tests.bundle.holding import END, Holding, holding, new_number, on, versions
from tests.bundle.office import Office, decided, issued, new_code, states
from tests.bundle.test_mandates import mandate
from tests.platform import Person
from tests.refusals import pointers, problem

pytestmark = pytest.mark.usefixtures("in_spring")

TERM = "2040-01-01T00:00:00Z"
ABSENT = (404, "result-unknown")


async def given(giver: Person, agent: Person, *bundles: str, **more: Any) -> str:
    return await mandate(giver, agent, *bundles, valid_until=TERM, **more)


async def planned(agent: Person, one: Holding, given: str | None, kind: str = "renewal") -> Any:
    body: dict[str, Any] = {"kind": kind}
    if given:
        body["holder"] = {"mandate": given}
    return await agent("POST", f"/wallet/results/{one.number}/compositions", json=body)


async def filed(agent: Person, one: Holding, given: str, kind: str = "renewal") -> Any:
    plan = (await planned(agent, one, given, kind)).json()
    form = {"shop_name": "明月小馆", "enterprise_name": "明月饮食店"}
    filing = {
        "replaces": {"number": one.number, "kind": kind},
        "holder": {"mandate": given},
        "plan": plan["digest"],
        "form": {asked["field"]: form[asked["field"]] for asked in plan["form"]},
        "materials": {m["key"]: [await one.office.upload(agent)] for m in plan["materials"]},
    }
    return await agent.post("/applications", filing)


async def refusals(agent: Person, one: Holding, given: str | None) -> list[Any]:
    """Of composing and of filing."""
    filing = {"replaces": {"number": one.number, "kind": "renewal"}, "form": {}}
    filing |= {"plan": "sha256:" + "0" * 64, "holder": {"mandate": given} if given else {}}
    answers = [await planned(agent, one, given), await agent("POST", "/applications", json=filing)]
    assert len({answer.json()["detail"] for answer in answers}) == 1
    return answers


async def test_an_agent_renews_what_the_bundle_of_its_mandate_issued(office: Office):
    one, agent = await holding(office), office.somebody()
    mine = await given(one.who, agent, "shop")

    application = await filed(agent, one, mine)

    assert states(application) == {"renewal": "requested"}
    assert application["holder"] == one.application["holder"]
    told = await one.requested(application)
    assert (told["replaces"]["number"], told["holder"]) == (one.number, application["holder"])
    path = f"/applications/{application['id']}"
    for who in (one.who, agent):
        assert (await who.get(path))["id"] == application["id"]
    assert (await agent.get("/wallet"))["items"] == []

    await one.who("DELETE", f"/mandates/{mine}")

    assert (await agent("GET", path)).status_code == 404
    assert (await one.who("GET", path)).status_code == 200
    for answer in await refusals(agent, one, mine):
        assert pointers(answer) == ["/holder/mandate"]


async def test_it_is_one_filing_at_a_time_whoever_files(office: Office):
    one, agent = await holding(office), office.somebody()
    mine = await given(one.who, agent, "shop")
    own = await one.filed("change")

    plan = (await planned(agent, one, mine)).json()

    assert [open_["application"] for open_ in plan["already_open"]] == [own["id"]]


async def test_the_mandate_covers_what_came_of_later_filings_too(office: Office):
    """A change is filed under no bundle, and neither is a renewal of what was changed."""
    one, agent = await holding(office), office.somebody()
    mine, other = await given(one.who, agent, "shop"), await given(one.who, agent, "founding")
    for _ in range(2):
        application = await filed(agent, one, mine, "change")
        made = one.following(application, "change", number=new_number(), valid_until=END)
        await office.hear(decided(application, "change"), made)
        one.number = made.number

    application = await filed(agent, one, mine)

    assert states(application) == {"renewal": "requested"}
    assert {problem(a) for a in await refusals(agent, one, other)} == {ABSENT}


@pytest.mark.parametrize("bundles", [("founding",), ("renewal",), ("restaurant", "change")])
async def test_what_the_mandate_does_not_cover_is_as_absent_as_none(office: Office, bundles):
    one, agent = await holding(office), office.somebody()
    mine = await given(one.who, agent, *bundles)

    there = await refusals(agent, one, mine)
    one.number = "OV20200101-0000000000000"
    nowhere = await refusals(agent, one, mine)

    assert {problem(answer) for answer in (*there, *nowhere)} == {ABSENT}
    assert len({answer.json()["detail"] for answer in (*there, *nowhere)}) == 1


async def test_it_covers_the_results_of_nobody_else(office: Office):
    one, other, agent = await holding(office), await holding(office), office.somebody()
    mine = await given(one.who, agent, "shop")
    theirs = await given(agent, one.who, "shop")

    told = [
        *await refusals(agent, other, mine),  # another person's
        *await refusals(one.who, one, theirs),  # the caller's own, under a mandate of others
        *await refusals(agent, one, None),  # no mandate named
    ]

    assert {problem(answer) for answer in told} == {ABSENT}
    for who in (other.who, one.who):  # it was not given to them
        for answer in await refusals(who, one, mine):
            assert (problem(answer), pointers(answer)) == (
                (422, "holder-not-yours"),
                ["/holder/mandate"],
            )


async def test_after_its_term_it_covers_nothing(office: Office):
    one, agent = await holding(office), office.somebody()
    mine = await given(one.who, agent, "shop")
    on(office, END.replace(year=2041))

    for answer in await refusals(agent, one, mine):
        assert pointers(answer) == ["/holder/mandate"]


@pytest.mark.parametrize("more", [{"number": "1"}, {"party": "0" * 32}])
async def test_of_the_holder_nothing_else_is_said(office: Office, more: Any):
    one, agent = await holding(office), office.somebody()
    mine = await given(one.who, agent, "shop")
    body = {"replaces": {"number": one.number, "kind": "renewal"}, "form": {}}
    body |= {"plan": "sha256:" + "0" * 64, "holder": {"mandate": mine} | more}

    assert pointers(await agent("POST", "/applications", json=body)) == ["/holder"]
    composed = await agent(
        "POST",
        f"/wallet/results/{one.number}/compositions",
        json={"kind": "renewal", "holder": more},
    )
    assert pointers(composed) == [f"/holder/{next(iter(more))}"]


# --- an enterprise's results ----------------------------------------------------------------------


async def changeable(office: Office, item: str) -> None:
    """The county's item offers a change of the name."""
    record = county.ITEMS[item] | {"later_filings": [{"kind": "change", "fields": NAME}]}
    fields = {use["field"] for use in record["fields"]}
    papers = {one["evidence"] for one in record.get("requirements", ())} | {record["issues"]}
    told = ItemPublished(
        code=item,
        version=next(versions),
        item=ItemRecord(code=item, **record),
        fields=tuple(FieldRecord(code=code, **county.FIELDS[code]) for code in fields),
        evidence_types=tuple(
            EvidenceTypeRecord(code=code, **county.EVIDENCE[code]) for code in papers
        ),
    )
    await office.hear(told)


NAME = ["enterprise_name"]


async def held(office: Office, who: Person, application: Any, member: str, kind: str) -> Holding:
    made = issued(application, member, kind, number=new_number())
    await office.hear(decided(application, member), made)
    return Holding(office, who, application, made)


async def filer(office: Office, application: Any) -> Any:
    [told] = await office.told("bundle.application.submitted", application=application["id"])
    return told["filer"]


async def test_an_enterprises_agent_asks_about_its_results_and_not_about_the_bosss(office: Office):
    await changeable(office, "food-permit")
    await changeable(office, "company-registration")
    code = new_code()
    boss, agent = office.company(code), office.somebody()
    opened = await office.filed(boss, "restaurant", credit_code=code)
    permit = await held(office, boss, opened, "permit", "food-permit")
    founded = await office.filed(boss, "founding")
    licence = await held(office, boss, founded, "register", "business-licence")
    firms = await given(boss, agent, "restaurant", "founding", number=code)
    his = await given(boss, agent, "founding")

    changed = await filed(agent, permit, firms, "change")
    own = await filed(agent, licence, his, "change")

    assert changed["holder"] == opened["holder"]
    assert await filer(office, changed) != await filer(office, opened), "the agent, for it"
    assert own["holder"] == founded["parties"]["company"], "the company that the boss founded"
    assert await filer(office, own) == await filer(office, founded), "for the boss himself"
    assert problem(await planned(agent, licence, firms, "change")) == ABSENT
    assert problem(await planned(agent, permit, his, "change")) == ABSENT
    with_both = await given(boss, agent, "restaurant")
    assert problem(await planned(agent, permit, with_both, "change")) == ABSENT
