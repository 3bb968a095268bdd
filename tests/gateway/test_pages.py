"""The pages for people: there, readable, and made of nothing from other hosts."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from gateway.reference import asyncapi
from gateway.reference.layout import line_html
from tests.gateway.servers import (
    Issuer,
    Server,
    Upstream,
    closed_port,
    everywhere,
    serving,
    wait_for,
)

PAGES = ["/", "/docs", "/events"]


class Reader(HTMLParser):
    """Notes what a page loads and where its links lead, and that its tags are closed in order."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("script", "img"):
            self.loads.append(given.get("src", "inline"))
        if tag == "link":
            self.loads.append(given["href"])
        if tag == "a":
            self.links.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_takes_everything_from_here(client: httpx.AsyncClient, path: str) -> None:
    page = await client.get(path)
    reader = Reader(page.text)

    assert page.status_code == 200
    assert not reader.open
    assert "http://" not in page.text and "https://" not in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert reader.loads
    for resource in reader.loads:
        assert resource.startswith("/")
        assert (await client.get(resource)).status_code == 200


@pytest.mark.parametrize("path", PAGES)
async def test_every_link_leads_somewhere(client: httpx.AsyncClient, path: str) -> None:
    reader = Reader((await client.get(path)).text)

    assert len(set(reader.ids)) == len(reader.ids)
    for link in set(reader.links):
        if link.startswith("#"):
            assert link[1:] in reader.ids
        else:
            assert (await client.get(link)).status_code == 200


async def test_style_sheets_and_scripts_of_ours_ask_no_other_host(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/assets/style.css", "/assets/docs.css", "/assets/docs.js"):
        text = (await client.get(path)).text
        assert not re.search(r"//[a-z]", text.replace("// ", ""))
        assert "@import" not in text


async def test_the_page_of_events_shows_every_event_with_an_example(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/events")).text

    for event in asyncapi.events():
        assert f"id='{event.kind.type}'" in page
        assert f"<p class=lead>{line_html(event.summary)}</p>" in page
        assert "`" not in line_html(event.summary)
    assert page.count("示例 Example") == len(asyncapi.events())


async def test_the_merged_document_is_served(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert document["openapi"] == "3.1.0"
    assert "/api/items/{code}" in document["paths"]
    assert (await client.get("/asyncapi.json")).json()["asyncapi"] == "3.0.0"


@pytest.mark.parametrize("path", ["/nothing", "/assets/nothing.css", "/assets/../main.py"])
async def test_what_is_not_here_is_a_problem(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_page_is_only_read(client: httpx.AsyncClient) -> None:
    answer = await client.post("/events")

    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_one_service_that_is_down_does_not_close_the_door(
    issuer: Issuer, upstream: Upstream
) -> None:
    urls = everywhere(upstream.url) | {"metrics_url": closed_port()}
    with serving(issuer, **urls) as gateway:

        def ready() -> httpx.Response:
            return httpx.get(f"{gateway.url}/health/ready")

        wait_for(lambda: ready().json()["services"]["catalog"] == "up")
        answer = ready()

    assert answer.status_code == 200
    assert answer.json()["services"]["metrics"] == "down"


def test_with_every_service_down_the_door_is_not_ready_but_lives(issuer: Issuer) -> None:
    with serving(issuer, **everywhere(closed_port())) as gateway:
        assert httpx.get(f"{gateway.url}/health/ready").status_code == 503
        assert httpx.get(f"{gateway.url}/health/live").status_code == 200
        assert httpx.get(f"{gateway.url}/events").status_code == 200


def test_answers_beside_the_api_carry_a_correlation_id_too(gateway: Server) -> None:
    assert httpx.get(f"{gateway.url}/health/live").headers["x-correlation-id"]
