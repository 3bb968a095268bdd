"""The gateway as it is really started: a process of its own, ended by a signal."""

import os
import signal
import subprocess
import sys

import httpx

from tests.gateway.servers import Issuer, Upstream, closed_port, everywhere, wait_for


def test_it_starts_serves_and_ends_cleanly(issuer: Issuer, upstream: Upstream) -> None:
    url = closed_port()
    settings = everywhere(upstream.url) | {
        "oidc_issuer": issuer.url,
        "gateway_port": url.rpartition(":")[2],
        "log_level": "INFO",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway"],
        env=os.environ | {name.upper(): value for name, value in settings.items()},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: _status(f"{url}/health/ready") == 200, seconds=20)
        canary = "110101199003077758"
        answer = httpx.get(f"{url}/api/items/{canary}", params={"number": canary})
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=10)

    assert answer.status_code == 200
    assert "Application shutdown complete" in log
    [line] = [one for one in log.splitlines() if '"request"' in one]
    assert '"route":"/items/{code}"' in line
    assert answer.headers["x-correlation-id"] in line
    assert canary not in log


def _status(url: str) -> int:
    try:
        return httpx.get(url).status_code
    except httpx.ConnectError:
        return 0
