"""The whole district goes into a real catalogue: items in one file, rights offered and answered."""

from collections.abc import AsyncIterator

import httpx
import pytest

import services.catalog.main
from deploy.example import district, handing_down
from deploy.example.calls import Call, Import, Put, send
from deploy.example.generator.rights import Grant
from deploy.example.handing_down import hand_down
from deploy.example.load import stages, whole_stages
from services.catalog.main import CatalogSettings
from tests.alone import NOBODY, Alone, alone, databases

GRANTS = (
    Grant(("township-05", "township-06"), ("residence-permit-issue", "school-enrolment"), "accept"),
    Grant(("village-05-01", "village-05-02"), ("social-card-loss-report",), "close"),
    Grant(("park",), ("company-change",), "accept"),
)
ITEMS = {
    code: item
    for code, item in district.by_code(district.items()).items()
    if any(code in grant.items for grant in GRANTS)
}
POINTS = {"hall"} | {point for grant in GRANTS for point in grant.points}


def named(item: district.Record) -> set[str]:
    """The evidence and fields that an item brings along."""
    kinds = district.by_code(district.evidence_types())
    evidence = {need["evidence"] for need in item["requirements"]} | {item["issues"]}
    inside = {code for one in evidence for code in kinds[one].get("content", ())}
    tied = {kinds[one].get("subject_field") for one in evidence} - {None}
    return evidence | inside | tied | {use["field"] for use in item["fields"]}


def needed() -> list[Call]:
    """Of the district as much as the rights in this test take, in the loader's order."""
    codes = {code for item in ITEMS.values() for code in named(item)}
    items = district.Table("items", tuple(ITEMS.values()))
    puts = [
        put
        for name, part in [*stages()[:5], *whole_stages()]
        for put in part
        if isinstance(put, Put) and (name == "departments" or put.code in codes | POINTS)
    ]
    places = [put for put in puts if put.code in POINTS]
    return [*(put for put in puts if put.code not in POINTS), Import(items), *places]


class Door(httpx.ASGITransport):
    """The gateway's part in this: `/api` leads to the service."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(raw_path=request.url.raw_path.removeprefix(b"/api"))
        return await super().handle_async_request(request)


@pytest.fixture(scope="module")
async def catalog(postgres, templates, signer) -> AsyncIterator[Alone]:
    """With what the rights in this test take."""
    async with databases(postgres) as fresh:
        settings = CatalogSettings(
            database_url=await fresh("catalog"), nats_url=NOBODY, oidc_issuer=signer.issuer
        )
        async with alone(services.catalog.main.make(settings), signer) as made:
            async with client(made, "bureau", None) as bureau:
                for call in needed():
                    assert await send(bureau, call) is None
            yield made


def client(catalog: Alone, role: str, point: str | None) -> httpx.AsyncClient:
    token = catalog.signer.mint(f"{role}-{point}", role, point=point)
    return httpx.AsyncClient(
        transport=Door(catalog.app, raise_app_exceptions=False),
        base_url="http://gateway",
        headers={"Authorization": f"Bearer {token}"},
    )


async def standing(bureau: httpx.AsyncClient) -> dict[tuple[str, str], tuple[str, int]]:
    page = (await bureau.get("/api/delegations", params={"limit": 100})).json()
    return {(one["item"], one["point"]): (one["state"], one["version"]) for one in page["items"]}


async def test_rights_are_offered_and_four_points_have_answered(catalog: Alone, monkeypatch):
    monkeypatch.setattr(handing_down, "grants", lambda: GRANTS)
    async with client(catalog, "bureau", None) as bureau:
        offered = await hand_down(bureau, lambda point: client(catalog, "clerk", point))
        found = await standing(bureau)

        assert offered == 7
        assert {key: state for key, (state, _) in found.items()} == {
            ("residence-permit-issue", "township-05"): "trial",
            ("school-enrolment", "township-05"): "trial",
            ("residence-permit-issue", "township-06"): "offered",
            ("school-enrolment", "township-06"): "offered",
            ("social-card-loss-report", "village-05-01"): "trial",
            ("social-card-loss-report", "village-05-02"): "offered",
            ("company-change", "park"): "active",
        }

        again = await hand_down(bureau, lambda point: client(catalog, "clerk", point))

        assert again == offered
        assert await standing(bureau) == found, "what stands is left as it stands"
