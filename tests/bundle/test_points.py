"""A filing wanted at a service point: its people read it, and see originals, by its rights."""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import DelegationChanged, PointChanged
from tests import world
from tests.bundle import store
from tests.bundle.office import Office, of
from tests.bundle.store import depot, filing, plan_of
from tests.platform import Person
from tests.refusals import pointers, problem

REQUESTED = "bundle.approval.requested"
POINT = "taoyuan"
MATERIAL = "site-plan:owner"
versions = itertools.count(100, 10)


def point(code: str, version: int = 1, **more: Any) -> PointChanged:
    return PointChanged(code=code, version=version, kind="township", name=f"{code}镇", **more)


def right(item: str = "depot", kind: str = "accept", version: int = 1, **more: Any) -> Any:
    said: dict[str, Any] = {
        "delegation": f"{item}/{more.get('point', POINT)}/{kind}",
        "version": version,
        "item": item,
        "department": "market",
        "point": POINT,
        "right": kind,
        "state": "active",
        "mode": "entrust",
        "changed_at": datetime.now(UTC),
    }
    return DelegationChanged(**said | more)


@pytest.fixture
async def shop(office: Office) -> Office:
    """The township may accept depots and yards are another department's."""
    await store.open_store(office)
    await office.hear(point(POINT), point("village"), point("shut", open=False))
    later = next(versions)
    await office.hear(right(version=later), right(kind="close", version=later, state="withdrawn"))
    return office


def clerk(shop: Office, at: str | None = POINT, **claims: Any) -> Person:
    named = {"point": at} if at else {}
    return shop.person("clerk", "qin", **named, **claims)


async def filed(shop: Office, who: Person, at: str | None = POINT) -> Any:
    return await who.post("/applications", json=await filing(shop, who, point=at))


def path(application: Any, member: str = "depot") -> str:
    return f"/dossiers/{of(application, member)['approval']}"


async def test_the_request_says_where_it_is_wanted_and_which_situations_apply(shop: Office):
    situations = [{"code": "renewal", "name": "延续"}, {"code": "first", "name": "新办"}]
    situations[1]["when"] = "1 == 2"
    await shop.hear(depot(version=next(versions), situations=situations[:1]))
    ada = shop.somebody()

    application = await filed(shop, ada)

    [told] = await shop.told(REQUESTED, application=application["id"], member="depot")
    assert (told["point"], told["situations"]) == (POINT, ["renewal"])


async def test_without_a_point_it_is_the_departments_alone(shop: Office):
    application = await filed(shop, shop.somebody(), None)

    [told] = await shop.told(REQUESTED, application=application["id"], member="depot")
    assert told["point"] is None
    assert problem(await clerk(shop)("GET", path(application))) == (404, "dossier-unknown")


@pytest.mark.parametrize("at", ["nowhere", "shut"])
async def test_a_point_that_is_unknown_or_closed_takes_no_filing(shop: Office, at):
    ada = shop.somebody()

    answer = await ada("POST", "/applications", json=await filing(shop, ada, point=at))

    assert pointers(answer) == ["/point"]
    assert (await ada.get("/applications"))["items"] == []


async def test_what_a_window_hands_in_is_wanted_there(shop: Office):
    """Where the window is known and nothing else is said; a citizen's token names no window."""
    at_window = shop.person("clerk", "clerk-7", point=POINT)
    unknown = shop.person("clerk", "clerk-8", point="nowhere")
    citizen = shop.person("citizen", "citizen-at-a-point", point=POINT)

    wanted = []
    for who, at in ((at_window, None), (at_window, "village"), (unknown, None), (citizen, None)):
        application = await who.post("/applications", json=await filing(shop, who, point=at))
        [told] = await shop.told(REQUESTED, application=application["id"], member="depot")
        wanted.append(told["point"])
        await who.put(f"/applications/{application['id']}/withdrawal")

    assert wanted == [POINT, "village", None, None]


async def test_a_window_reads_what_its_point_has_a_right_over_and_no_more(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    window = clerk(shop)

    read = await window.get(path(application))

    assert read["fields"] == {"shop_name": "一号仓"}
    [site] = [one for one in read["evidence"] if one["evidence"] == "site-plan"]
    file = await window("GET", f"{path(application)}/files/{site['files'][0]['upload']}")
    assert file.content == world.PDF
    hidden = [
        await window("GET", path(application, "yard")),
        await clerk(shop, "village")("GET", path(application)),
        await clerk(shop, None)("GET", path(application)),
        await clerk(shop, None, department="market")("GET", path(application)),
        await clerk(shop, None, department="market", roles=["clerk", "inspector"])(
            "GET", path(application)
        ),
        await window("GET", f"/dossiers/{uuid4()}"),
    ]
    assert {problem(one) for one in hidden} == {(404, "dossier-unknown")}
    seen = await shop.rows(
        "SELECT DISTINCT department, point, account FROM disclosure WHERE approval = :id",
        id=of(application, "depot")["approval"],
    )
    assert [tuple(one) for one in seen] == [("market", POINT, "qin")]


@pytest.mark.parametrize(
    "terms",
    [
        {"state": "withdrawn"},
        {"state": "offered"},
        {"state": "trial", "trial_until": date.today() - timedelta(days=2)},
        {"ends_on": date.today() - timedelta(days=1)},
        {"department": "health"},
        {"situations": ("renewal-of-another",)},
    ],
)
async def test_a_right_that_does_not_hold_opens_nothing(shop: Office, terms):
    application, window = await filed(shop, shop.somebody()), clerk(shop)
    assert (await window("GET", path(application))).status_code == 200

    version = next(versions)
    await shop.hear(right(version=version, **terms))

    for method, where, body in (
        ("GET", "", None),
        ("PUT", f"/originals/{MATERIAL}", {}),
        ("PUT", "/explanations", {"text": "请补充"}),
        ("PUT", "/result", {"content": {"permit_number": "N1"}}),
    ):
        answer = await window(method, path(application) + where, json=body)
        assert problem(answer) == (404, "dossier-unknown")
    assert await shop.officer("market").get(path(application))


async def test_who_may_only_accept_stores_no_result_and_who_may_close_does(shop: Office):
    application, window = await filed(shop, shop.somebody()), clerk(shop)
    body = {"content": {"permit_number": "N1"}}

    early = await window("PUT", f"{path(application)}/result", json=body)
    version = next(versions)
    await shop.hear(right(kind="close", version=version))
    kept = await window.put(f"{path(application)}/result", body)

    assert problem(early) == (404, "dossier-unknown")
    assert kept["digest"].startswith("sha256:")


async def test_an_original_seen_at_a_window_says_where_by_whom_and_which_files(shop: Office):
    ada = shop.somebody()
    application, window = await filed(shop, ada), clerk(shop)
    [site] = [
        one
        for one in (await window.get(path(application)))["evidence"]
        if one["evidence"] == "site-plan"
    ]
    compared = [one["digest"] for one in site["files"]]
    where = f"{path(application)}/originals/{MATERIAL}"

    other = await window("PUT", where, json={"files": ["sha256:" + "7" * 64]})
    seen = await window.put(where, {"files": compared})
    again = await shop.officer("market").put(where)

    assert problem(other) == (409, "another-upload")
    assert other.json()["files"] == compared
    assert (seen["trust"], seen["checked_by"]) == ("B", "market")
    assert (seen["checked_point"], seen["checked_files"]) == (POINT, compared)
    assert again == seen, "who came first has seen it"
    [kept] = await shop.rows(
        "SELECT checked_account FROM evidence WHERE application = :id AND material = :key",
        id=application["id"],
        key=MATERIAL,
    )
    assert kept.checked_account == "qin"
    await ada.put(f"/applications/{application['id']}/withdrawal")
    assert "site-plan" not in {one["evidence"] for one in (await plan_of(ada))["materials"]}


async def test_rights_are_as_catalog_told_them_last_in_whatever_order(shop: Office):
    application, window = await filed(shop, shop.somebody()), clerk(shop)
    version = next(versions)
    await shop.hear(right(version=version, state="withdrawn"))

    await shop.hear(right(version=version - 1))

    assert problem(await window("GET", path(application))) == (404, "dossier-unknown")
