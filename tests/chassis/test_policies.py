"""Who may use a route is said by the route, and a service with a route that does not say so does
not start."""

import pytest
from fastapi import APIRouter, Depends

from services.chassis.app import NoPolicy, build, declare_policies
from services.chassis.identity import ANYONE, Allow, Verifier
from services.chassis.settings import Settings

SETTINGS = Settings(log_level="CRITICAL")


def start(router: APIRouter):
    return build("shop", "Shoes.", [router], [], SETTINGS)


async def answer() -> str:
    return "shoes"


def test_a_route_without_a_policy_does_not_start():
    router = APIRouter()
    router.get("/shoes")(answer)

    with pytest.raises(NoPolicy, match="/shoes"):
        start(router)


def test_one_such_route_among_others_is_found():
    router = APIRouter()
    router.get("/boots", dependencies=[Depends(Allow("clerk"))])(answer)
    router.post("/boots", dependencies=[ANYONE])(answer)
    router.delete("/boots/{boot}")(answer)

    with pytest.raises(NoPolicy, match="/boots/{boot}"):
        start(router)


def test_what_is_no_plain_route_could_hide_one():
    hidden = APIRouter()
    hidden.mount("/cellar", APIRouter())

    with pytest.raises(NoPolicy, match="/cellar"):
        start(hidden)

    inner = APIRouter()
    inner.get("/shoes")(answer)
    outer = APIRouter()
    outer.include_router(inner)
    with pytest.raises(NoPolicy):
        start(outer)


def test_a_websocket_needs_a_policy_too():
    router = APIRouter()
    router.websocket("/live")(answer)

    with pytest.raises(NoPolicy, match="/live"):
        start(router)


def test_a_policy_behind_another_dependency_counts():
    async def somebody(who: object = Depends(Allow("clerk", "officer"))) -> object:
        return who

    router = APIRouter()
    router.get("/shoes", dependencies=[Depends(somebody)])(answer)
    declare_policies([router])

    assert router.routes[0].openapi_extra == {"x-roles": ["clerk", "officer"]}


def test_the_roles_are_told_in_the_openapi_document():
    router = APIRouter()
    router.get("/boots", dependencies=[Depends(Allow("clerk"))])(answer)
    router.get("/sandals", dependencies=[ANYONE])(answer)
    paths = start(router).openapi()["paths"]

    assert paths["/boots"]["get"]["x-roles"] == ["clerk"]
    assert paths["/sandals"]["get"]["x-roles"] == ["public"]
    assert paths["/operations/parked"]["get"]["x-roles"] == ["operator"]


def test_a_role_that_does_not_exist_cannot_be_allowed():
    with pytest.raises(AssertionError):
        Allow("king")
    with pytest.raises(AssertionError):
        Allow()


async def test_who_brings_no_token_is_asked_for_one(quiet):
    for header in ({}, {"authorization": ""}, {"authorization": "Basic eDp5"}):
        answered = await quiet.client.get("/sold/boot", headers=header)
        assert answered.status_code == 401
        assert answered.headers["www-authenticate"] == "Bearer"
        assert answered.json()["type"] == "/problems/unauthenticated"


async def test_the_scheme_may_be_spelled_in_any_case(quiet):
    token = quiet.signer.mint("ada", "citizen")
    answered = await quiet.client.get("/sold/boot", headers={"authorization": f"bEARER  {token}"})

    assert answered.status_code == 200


@pytest.mark.parametrize("role", ["inspector", "bureau", "operator"])
async def test_other_roles_are_excluded(role, quiet):
    answered = await quiet("GET", "/sold/boot", role=role)

    assert answered.status_code == 403
    assert answered.json()["type"] == "/problems/excluded"


async def test_an_officer_without_a_department_is_excluded(quiet):
    token = quiet.signer.mint("wang", "officer")
    placed = quiet.signer.mint("wang", "officer", department="fire")

    async def ask(token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        return (await quiet.client.get("/sold/boot", headers=headers)).status_code

    assert await ask(token) == 403
    assert await ask(placed) == 200
    assert await ask(quiet.signer.mint("wang", "citizen", "partner")) == 403


async def test_an_issuer_that_is_away_means_try_again(shop_url, quiet):
    quiet.app.state.verifier = Verifier("http://127.0.0.1:9", "onevisit")
    answered = await quiet("GET", "/sold/boot")

    assert answered.status_code == 503
    assert answered.headers["retry-after"] == "2"


async def test_health_and_figures_answer_without_a_token(quiet):
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert (await quiet.client.get(path)).status_code == 200
