"""One reading of a path, and the table that says whose it is."""

import asyncio

import pytest

from gateway.refusals import BadPath, NoSuchPath
from gateway.routes import OWNERS, SERVICES, destination
from tests.gateway.servers import Server, speak

TRICKS = [
    "/api/items/../approvals",
    "/api/items/..",
    "/api/./items",
    "/api/items/%2e%2e/approvals",
    "/api/items/.%2e/approvals",
    "/api/items%2fa",
    "/api/items%2Fa",
    "/api/items/a%5cb",
    "/api/items/a%5Cb",
    "/api/items/a\\b",
    "/api//items",
    "/api/items//a",
    "/api/items/",
    "/api/items/%00",
    "/api/items/a%00.json",
    "/api/items/%252e%252e/approvals",
    "/api/items/%ff",
    "/api/items/%c0%ae%c0%ae",
    "/api/items/%0d%0aX: y",
    "/api/items/%e2%80%ae",
]


@pytest.mark.parametrize("path", TRICKS)
def test_a_path_with_two_readings_is_refused(path: str) -> None:
    with pytest.raises(BadPath):
        destination(path.encode())


@pytest.mark.parametrize("path", [path for path in TRICKS if " " not in path])
async def test_such_a_path_is_a_400_over_the_wire(gateway: Server, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = await speak(gateway, request.encode())

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


async def test_bytes_beyond_ascii_in_a_path_are_a_400(gateway: Server) -> None:
    answer = await speak(gateway, b"GET /api/items/\xe6\xb6\x88 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("path", "service", "forwarded"),
    [
        ("/api/items", "catalog", "/items"),
        ("/api/items/%61", "catalog", "/items/a"),
        (
            "/api/bundles/open-restaurant/publication",
            "bundle",
            "/bundles/open-restaurant/publication",
        ),
        ("/api/approvals/1/decision", "approval", "/approvals/1/decision"),
        ("/api/indicators", "metrics", "/indicators"),
        ("/api/results/%e6%b6%88-7", "approval", "/results/%E6%B6%88-7"),
        ("/api/operations/parked", None, "/operations/parked"),
        ("/api/operations/lag", None, "/operations/lag"),
        ("/api/operations/parked/metrics/7/retry", "metrics", "/operations/parked/metrics/7/retry"),
    ],
)
def test_a_path_has_one_owner(path: str, service: str | None, forwarded: str) -> None:
    found = destination(path.encode())

    assert found.service == service
    assert found.wire == forwarded


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api/health/ready",
        "/api/metrics",
        "/api/openapi.json",
        "/api/operations",
        "/api/operations/parked/payroll/7/retry",
        "/api/operations/parked/metrics",
        "/api/operations/other/metrics/7",
        "/api/api/items",
    ],
)
def test_what_no_service_owns_is_not_found(path: str) -> None:
    with pytest.raises(NoSuchPath):
        destination(path.encode())


@pytest.mark.parametrize("path", ["/api/items/.hidden", "/api/items/a.b", "/api/items/a%2eb"])
def test_dots_inside_a_name_are_nothing_special(path: str) -> None:
    assert destination(path.encode()).path in ("/items/.hidden", "/items/a.b")


def test_every_service_owns_something() -> None:
    assert set(OWNERS.values()) == set(SERVICES)


async def test_an_absolute_address_in_the_request_chooses_no_host(gateway: Server) -> None:
    lines = b"GET http://evil.example/api/items HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    answer = await asyncio.wait_for(speak(gateway, lines), 3)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"evil.example" not in answer
