"""Before an item is retired, bundle tells what hangs on it here: bundles, edges, applications."""

from tests.bundle.closing import FIRE, LICENCE, PERMIT, Shop, today
from tests.bundle.office import Office, accepted, decided, issued
from tests.refusals import problem


async def test_bundles_edges_and_applications_under_way_are_told(office: Office):
    edges = [{"from": "licence", "to": "fire", "state": "decided"}]
    shop = await Shop(office).open(edges=edges)
    first, second, third = [await shop.filed(office.somebody()) for _ in range(3)]
    await office.hear(accepted(first, "licence"))
    await office.hear(issued(second, "licence", shop.code("licence-fact")))
    for member in ("licence", "permit", "fire"):
        await office.hear(issued(third, member, shop.code("licence-fact")))
        await office.hear(decided(third, member))

    found = await office.person("bureau", "li").get(f"/bundles/-/retirements/{shop.code(LICENCE)}")

    assert (found["evidence"], found["retirement"]) == (shop.code("licence-fact"), None)
    [bundle] = found["bundles"]
    assert (bundle["code"], bundle["members"]) == (shop.bundle, ["licence"])
    assert bundle["edges"] == edges
    assert [one["member"] for one in bundle["takers"]] == ["permit", "fire"]
    assert found["applications"] == 2, "what is settled is not concerned"
    assert found["members"] == {"waiting": 0, "requested": 0, "accepted": 1}
    assert found["dependents"] == {
        shop.code(item): {"waiting": 1, "requested": 1, "accepted": 0} for item in (FIRE, PERMIT)
    }


async def test_what_catalog_told_is_shown_with_it(office: Office):
    shop = await Shop(office).open()
    await shop.retire()

    found = await office.person("bureau", "li").get(f"/bundles/-/retirements/{shop.code(LICENCE)}")

    assert found["retirement"] == {
        "version": 1,
        "mode": "cancelled",
        "effective": today().isoformat(),
        "withdrawn": False,
    }


async def test_an_item_that_nobody_uses_means_nothing_here(office: Office):
    found = await office.person("bureau", "li").get("/bundles/-/retirements/never-heard-of")

    assert found["bundles"] == [] and found["applications"] == 0 and found["evidence"] is None


async def test_only_the_bureau_asks(office: Office):
    for who in (office.citizen("c"), office.officer("fire")):
        answer = await who("GET", "/bundles/-/retirements/licence-check")
        assert problem(answer) == (403, "excluded")
