"""How a running stack does: health, relay lag, consumer lag, parked events, part by part."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from deploy.local import children
from deploy.local.choices import SERVICES
from deploy.local.state import Running, StackState
from deploy.local.tokens import Signer, key_file


@dataclass
class Report:
    """One part, as it answers now."""

    part: Running
    health: str
    lag: dict[str, Any] = field(default_factory=dict)
    parked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def well(self) -> bool:
        return self.health in ("ready", "live", "alive") and not self.parked

    @property
    def relay(self) -> str:
        if not self.lag:
            return ""
        waiting = f"{self.lag['unpublished']}"
        if self.lag["unpublished"]:
            waiting += f" ({self.lag['oldest_unpublished_seconds']:.1f} s)"
        return waiting + (" ★" if self.lag["relay_leads"] else "")

    @property
    def pending(self) -> str:
        """Streams that hold something for this service; 0 where none does."""
        if not self.lag:
            return ""
        behind = {
            name.rpartition("-on-")[2]: "?" if pending is None else str(pending)
            for name, pending in self.lag["consumers"].items()
            if pending != 0
        }
        return ", ".join(f"{stream} {pending}" for stream, pending in behind.items()) or "0"


async def look(stack: StackState) -> list[Report]:
    key, headers = key_file(Path(stack.folder)), {}
    if key.exists():  # tokens of another issuer are not ours to make: then health must do
        operator = Signer(key, stack.issuer).mint("onevisit-status", "operator")
        headers["Authorization"] = f"Bearer {operator}"
    async with httpx.AsyncClient(headers=headers, timeout=5, trust_env=False) as client:
        return await asyncio.gather(*(_report(client, part) for part in stack.parts))


async def _report(client: httpx.AsyncClient, part: Running) -> Report:
    if not children.is_alive(part.identity):
        return Report(part, "dead")
    if not part.address.startswith("http"):
        return Report(part, "alive")
    path = "/health/live" if part.kind == "issuer" else "/health/ready"
    report = Report(part, await _health(client, part.address + path))
    if part.kind in SERVICES:
        report.lag = await _get(client, f"{part.address}/operations/lag")
        parked = await _get(client, f"{part.address}/operations/parked")
        report.parked = parked.get("items", [])
    return report


async def _health(client: httpx.AsyncClient, url: str) -> str:
    try:
        answer = await client.get(url)
    except httpx.HTTPError as error:
        return type(error).__name__
    if not answer.is_success:
        return str(answer.status_code)
    return str(answer.json().get("status", "ready"))


async def _get(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    """Empty where the part does not answer: its health has said so already."""
    try:
        answer = await client.get(url)
    except httpx.HTTPError:
        return {}
    return dict(answer.json()) if answer.is_success else {}
