"""The gateway as it is really started: a process of its own, ended by a signal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.gateway.servers import Issuer, Upstream, closed_port, everywhere, wait_for


@contextmanager
def started(**settings: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The process and its address; it is sent SIGTERM at the end."""
    url = closed_port()
    settings |= {"gateway_port": url.rpartition(":")[2]}
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway"],
        env=os.environ | {name.upper(): value for name, value in settings.items()},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: _status(f"{url}/health/ready") == 200, seconds=20)
        yield url, process
    finally:
        process.send_signal(signal.SIGTERM)


def test_it_starts_serves_and_ends_cleanly(issuer: Issuer, upstream: Upstream) -> None:
    settings = everywhere(upstream.url) | {"oidc_issuer": issuer.url, "log_level": "INFO"}
    with started(**settings) as (url, process):
        canary = "110101199003077758"
        answer = httpx.get(f"{url}/api/items/{canary}", params={"number": canary})
    _, log = process.communicate(timeout=10)

    assert answer.status_code == 200
    assert "Application shutdown complete" in log
    [line] = [one for one in log.splitlines() if '"request"' in one]
    assert '"route":"/items/{code}"' in line
    assert answer.headers["x-correlation-id"] in line
    assert canary not in log


@pytest.mark.parametrize(
    ("trusted", "statuses"), [("127.0.0.1", [200, 200, 429]), ("", [200, 429])]
)
def test_callers_behind_a_trusted_proxy_are_counted_apart(
    issuer: Issuer, upstream: Upstream, trusted: str, statuses: list[int]
) -> None:
    limits = {"trusted_proxies": trusted, "rate_limit": "1", "oidc_issuer": issuer.url}
    callers = ["198.51.100.1", "198.51.100.2", "198.51.100.2"][: len(statuses)]
    with started(**everywhere(upstream.url), **limits) as (url, process):
        seen = [
            httpx.get(f"{url}/api/items", headers={"x-forwarded-for": one}).status_code
            for one in callers
        ]
    process.communicate(timeout=10)

    assert seen == statuses


def _status(url: str) -> int:
    try:
        return httpx.get(url).status_code
    except httpx.ConnectError:
        return 0
