"""The tree of service points: what may stand where, and reading it page by page."""

import asyncio

import httpx
import pytest

from services.catalog.points.rules import lies_in
from tests.alone import Alone
from tests.platform import Person


def point(kind: str, parent: str | None = None, **more) -> dict:
    return {"kind": kind, "parent": parent, "region": "430799", "name": "服务点"} | more


def flaws(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["pointer"] for one in answer.json()["errors"]]


@pytest.fixture(scope="module")
async def tree(catalog: Alone) -> Person:
    """A hall with two townships, a village and a station below one of them, and a kiosk."""
    bureau = catalog.person("bureau", "li")
    for code, record in {
        "tree-hall": point("hall"),
        "tree-east": point("township", "tree-hall"),
        "tree-east-village": point("village", "tree-east"),
        "tree-east-station": point("station", "tree-east-village"),
        "tree-east-kiosk": point("kiosk", "tree-east-village"),
        "tree-west": point("township", "tree-hall"),
    }.items():
        await bureau.put(f"/service-points/{code}", record)
    return bureau


async def test_a_point_is_registered_once_and_changed_by_versions(catalog: Alone, bureau: Person):
    record = point("township", organ=None, place="镇政府一楼", hours="9:00-17:00", phone="0736")

    first = await bureau("PUT", "/service-points/once", json=record)
    again = await bureau("PUT", "/service-points/once", json=record)
    moved = await bureau("PUT", "/service-points/once", json=record | {"hours": "8:00-17:00"})

    assert [one.json()["version"] for one in (first, again, moved)] == [1, 1, 2]
    assert moved.headers["etag"] == '"2"'
    told = await catalog.told("catalog.point.changed", code="once")
    assert [(one["version"], one["organ"], one["open"]) for one in told] == [
        (1, True, True),
        (2, True, True),
    ]


@pytest.mark.parametrize(
    ("kind", "parent", "fits"),
    [
        ("hall", None, True),
        ("hall", "tree-hall", True),
        ("hall", "tree-east", False),
        ("park", "tree-hall", True),
        ("park", "tree-east", False),
        ("township", None, True),
        ("township", "tree-west", False),
        ("village", None, False),
        ("village", "tree-hall", False),
        ("village", "tree-east", True),
        ("station", "tree-east-village", True),
        ("station", "tree-hall", False),
        ("kiosk", None, False),
        ("kiosk", "tree-east-station", True),
        ("kiosk", "tree-hall", True),
        ("kiosk", "tree-east-kiosk", False),
    ],
)
async def test_each_kind_stands_only_where_it_may(tree: Person, kind, parent, fits):
    answer = await tree("PUT", f"/service-points/new-{kind}", json=point(kind, parent))

    if fits:
        assert answer.is_success, answer.text
    else:
        assert flaws(answer) == ["/parent"]


async def test_a_parent_that_stands_below_is_a_cycle(tree: Person):
    await tree.put("/service-points/ring-a", point("hall"))
    await tree.put("/service-points/ring-b", point("hall", "ring-a"))
    await tree.put("/service-points/ring-c", point("hall", "ring-b"))

    answer = await tree("PUT", "/service-points/ring-a", json=point("hall", "ring-c"))
    assert flaws(answer) == ["/parent"]
    assert "循环" in answer.json()["errors"][0]["detail"]
    itself = await tree("PUT", "/service-points/ring-a", json=point("hall", "ring-a"))
    assert flaws(itself) == ["/parent"]
    newborn = await tree("PUT", "/service-points/ring-z", json=point("hall", "ring-z"))
    assert flaws(newborn) == ["/parent"]


async def test_two_changes_that_are_right_one_by_one_make_no_cycle_together(
    catalog: Alone, tree: Person
):
    pairs = [(f"pair-{n}-a", f"pair-{n}-b") for n in range(8)]
    for code in [code for pair in pairs for code in pair]:
        await tree.put(f"/service-points/{code}", point("hall"))

    await catalog.connect()
    answers = await asyncio.gather(
        *(
            tree("PUT", f"/service-points/{one}", json=point("hall", other))
            for a, b in pairs
            for one, other in ((a, b), (b, a))
        )
    )

    codes = [answer.status_code for answer in answers]
    assert [sorted(pair) for pair in zip(codes[::2], codes[1::2], strict=True)] == [
        [200, 422] for _ in pairs
    ]


async def test_a_kind_with_children_that_may_not_stand_under_another_stays(tree: Person):
    answer = await tree("PUT", "/service-points/tree-east", json=point("hall", "tree-hall"))

    assert flaws(answer) == ["/kind"]


async def test_every_flaw_is_told_at_once(tree: Person):
    record = point("village", "nowhere", organ=True)

    assert flaws(await tree("PUT", "/service-points/wrong", json=record)) == ["/parent", "/organ"]
    assert (await tree("GET", "/service-points/wrong")).status_code == 404


async def test_a_change_on_an_older_reading_is_refused(tree: Person):
    await tree.put("/service-points/read", point("hall"))
    stale = {"if-match": '"7"'}

    answer = await tree("PUT", "/service-points/read", json=point("hall", name="新"), headers=stale)

    assert answer.status_code == 412
    assert (await tree.get("/service-points/read"))["name"] == "服务点"


async def test_only_the_bureau_changes_the_tree(catalog: Alone, tree: Person):
    for person in (catalog.officer("market"), catalog.person("clerk", "chen", point="tree-east")):
        answer = await person("PUT", "/service-points/tree-west", json=point("township"))
        assert answer.status_code == 403


async def test_the_subtree_comes_in_the_order_of_the_tree_page_by_page(tree: Person):
    await tree.put("/service-points/order", point("township"))
    for code in ("order-b", "order-a"):
        await tree.put(f"/service-points/{code}", point("village", "order"))
        await tree.put(f"/service-points/{code}-kiosk", point("kiosk", code))

    seen, cursor = [], ""
    while True:
        page = await tree.get(f"/service-points/order/subtree?limit=2{cursor}")
        seen += [(one["code"], one["depth"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == [
        ("order", 0),
        ("order-a", 1),
        ("order-a-kiosk", 2),
        ("order-b", 1),
        ("order-b-kiosk", 2),
    ]


async def test_children_and_filters(tree: Person):
    children = await tree.get("/service-points/tree-east-village/children")
    townships = await tree.get("/service-points?kind=township&region=430799&open=true&limit=100")

    codes = {one["code"] for one in children["items"]}
    assert {"tree-east-station", "tree-east-kiosk"} <= codes <= codes | {"new-kiosk"}
    assert {one["kind"] for one in townships["items"]} == {"township"}
    for path in ("", "/children", "/subtree"):
        assert (await tree("GET", f"/service-points/nowhere{path}")).status_code == 404


@pytest.mark.parametrize("path", ["/service-points", "/service-points/tree-hall/subtree"])
async def test_a_cursor_that_we_never_gave_is_no_defect_of_ours(tree: Person, path):
    answer = await tree("GET", f"{path}?cursor=%C3%A9%C3%A9")

    assert answer.status_code == 422
    assert flaws(answer) == ["/query/cursor"]


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        ("430799101", "430799", True),
        ("430799101203", "430799101000", True),
        ("430799102203", "430799101000", False),
        ("430799", "430700", True),
        ("430799", "430000", True),
        ("430600", "430700", False),
        ("431000", "430000", True),
        ("440000", "430000", False),
        ("430700", "430799", False),
        ("110101", "000000", True),
        ("north", "north", True),
        ("north", "430700", False),
    ],
)
def test_one_administrative_division_lies_in_another(inner, outer, lies):
    assert lies_in(inner, outer) is lies
