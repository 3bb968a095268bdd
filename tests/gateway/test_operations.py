"""What every service tells its operator, as one list."""

from collections.abc import Iterator

import httpx
import pytest

from gateway.routes import SERVICES
from tests.gateway.servers import Issuer, Server, Upstream, closed_port, serving


@pytest.fixture(scope="module")
def four() -> Iterator[dict[str, Server]]:
    servers: dict[str, Server] = {name: Server(Upstream(name=name).app) for name in SERVICES}
    yield servers
    for server in servers.values():
        server.stop()


def urls(four: dict[str, Server]) -> dict[str, str]:
    return {f"{name}_url": server.url for name, server in four.items()}


def test_parked_events_of_all_services_are_one_list(
    issuer: Issuer, four: dict[str, Server]
) -> None:
    with serving(issuer, **urls(four)) as gateway:
        answer = httpx.get(
            f"{gateway.url}/api/operations/parked", headers=issuer.bearer("operator")
        )

    assert answer.status_code == 200
    assert [one["event_id"] for one in answer.json()["items"]] == [f"{one}-1" for one in SERVICES]
    assert answer.json()["missing"] == []


def test_a_service_that_is_silent_is_named(issuer: Issuer, four: dict[str, Server]) -> None:
    with serving(issuer, **(urls(four) | {"bundle_url": closed_port()})) as gateway:
        answer = httpx.get(f"{gateway.url}/api/operations/lag", headers=issuer.bearer("operator"))

    assert answer.status_code == 200
    assert [one["service"] for one in answer.json()["items"]] == ["catalog", "approval", "metrics"]
    assert answer.json()["missing"] == ["bundle"]


def test_a_retry_goes_to_the_service_that_it_names(issuer: Issuer, four: dict[str, Server]) -> None:
    with serving(issuer, **urls(four)) as gateway:
        path = "/operations/parked/approval/7/retry"
        answer = httpx.post(f"{gateway.url}/api{path}", headers=issuer.bearer("operator"))

    assert answer.json()["server"] == "approval"
    assert answer.json()["raw_path"] == path


@pytest.mark.parametrize(
    ("method", "role", "status"),
    [("GET", None, 401), ("GET", "bureau", 403), ("PUT", "operator", 405)],
)
async def test_only_operators_read_it(
    client: httpx.AsyncClient, issuer: Issuer, method: str, role: str | None, status: int
) -> None:
    headers = issuer.bearer(role) if role else {}

    answer = await client.request(method, "/api/operations/parked", headers=headers)

    assert answer.status_code == status
