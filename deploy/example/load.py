"""Puts the example district into a running platform through its public API, and nothing else.

Records made by hand are PUT one by one by their codes, the generated items are imported in one file
as a bureau would: loading again changes nothing either way.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.example import district, generator
from deploy.local.tokens import Signer

AT_ONCE = 8
PATIENCE = 60.0
"""Seconds that one record may be answered "later" before it counts as a problem."""
SLOWEST_IMPORT = 300.0
LATER = {409, 429, 502, 503, 504}


@dataclass
class Report:
    """What was put where.  Reads as one line."""

    counts: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return ", ".join(f"{number} {path}" for path, number in self.counts.items())


class LoadFailed(Exception):
    """Records were refused; each line names the file, the record and the problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Put:
    """One PUT of one record."""

    file: str
    code: str
    path: str
    body: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.file}: {self.code}: PUT /api/{self.path}"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        return await client.put(f"/api/{self.path}", json=self.body)


@dataclass(frozen=True)
class Import:
    """One file of items: all of it, or nothing."""

    table: district.Table
    key: str = field(default_factory=lambda: str(uuid4()))
    """Tried again under the same key, a request whose answer was lost is not done twice."""

    def __str__(self) -> str:
        return f"{self.table.file}: POST /api/items/imports"

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        content = json.dumps({"items": self.table.records}, ensure_ascii=False).encode()
        return await client.post(
            "/api/items/imports",
            files={"file": ("items.json", content, "application/json")},
            headers={"Idempotency-Key": self.key},
            timeout=SLOWEST_IMPORT,
        )


def without(record: district.Record, *names: str) -> district.Record:
    return {key: value for key, value in record.items() if key not in names}


def puts(tables: Iterable[district.Table], path: str, *left_out: str) -> list[Put]:
    """The API takes the code from the path; `left_out` is what it does not keep of a record."""
    return [
        Put(
            table.file,
            record["code"],
            f"{path}/{record['code']}",
            without(record, "code", *left_out),
        )
        for table in tables
        for record in table.records
    ]


def stages() -> list[tuple[str, list[Put]]]:
    """In an order in which every record finds what it refers to; a stage may run all at once."""
    fields = puts(district.fields(), "fields", "region", "source_note")
    departments = puts([district.table("departments.json")], "departments", "source_note")
    crosswalks = puts([district.table("crosswalks.json")], "crosswalks", "region")
    bundles = puts(district.bundles(), "bundles")
    publications = [Put(put.file, put.code, f"{put.path}/publication", {}) for put in bundles]
    return [
        ("departments", departments),
        ("crosswalks", crosswalks),
        ("fields", [put for put in fields if "of" not in put.body]),
        ("lists of fields", [put for put in fields if "of" in put.body]),
        (
            "evidence types",
            puts(district.evidence_types(), "evidence-types", "region", "source_note"),
        ),
        ("items", puts(district.items(), "items")),
        ("bundles", bundles),
        ("publications", publications),
    ]


def wait(response: httpx.Response) -> float | None:
    """How long to wait before asking again, or nothing where asking again would not help."""
    after = response.headers.get("retry-after")
    if response.status_code not in LATER or (response.status_code == 409 and after is None):
        return None
    return min(float(after), 5.0) if after and after.isdigit() else 0.5


async def send(client: httpx.AsyncClient, call: Put | Import) -> str | None:
    """Send one record or file; the problem, if there is one.

    A bundle may be published before its service has heard of an item: `Retry-After` says so.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE
    pause: float | None
    while True:
        try:
            response = await call.ask(client)
        except httpx.TransportError as error:
            problem, pause = f"{type(error).__name__} {error}".strip(), 0.5
        else:
            if response.is_success:
                return None
            problem, pause = explain(response), wait(response)
        if pause is None or asyncio.get_running_loop().time() + pause > deadline:
            return f"{call}: {problem}"
        await asyncio.sleep(pause)


def explain(response: httpx.Response) -> str:
    """A problem document in one line."""
    try:
        problem = response.json()
    except ValueError:
        return f"{response.status_code} {response.text[:200]}"
    faults = [
        f"{fault.get('pointer', '')} {fault.get('detail', '')}".strip()
        for fault in problem.get("errors") or ()
    ]
    said = [str(problem.get("title", "")), str(problem.get("detail") or ""), *faults]
    return f"{response.status_code} " + "; ".join(part for part in said if part)


async def load(gateway_url: str, token: str, whole: bool = False) -> Report:
    """Load the district as the approval bureau; raises `LoadFailed` with every problem.

    `whole`: the generated items too, for a catalogue of the founding report's size.
    """
    report = Report()
    gate = asyncio.Semaphore(AT_ONCE)
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    async with httpx.AsyncClient(
        base_url=gateway_url, headers=headers, timeout=30, trust_env=False
    ) as client:

        async def gated(put: Put) -> str | None:
            async with gate:
                return await send(client, put)

        for name, stage in stages():
            answers = await asyncio.gather(*(gated(put) for put in stage))
            problems = [answer for answer in answers if answer]
            if problems:
                raise LoadFailed(problems)
            report.counts[name] = len(stage)
        if whole:
            generated = generator.table()
            if problem := await send(client, Import(generated)):
                raise LoadFailed([problem])
            report.counts["generated items"] = len(generated.records)
    return report


def development_token() -> str | None:
    """Signed with the development issuer's key, where ISSUER_KEY names its file."""
    key, issuer = os.environ.get("ISSUER_KEY"), os.environ.get("OIDC_ISSUER", "")
    return Signer(Path(key), issuer.rstrip("/")).mint("loader", "bureau") if key else None


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--gateway", default=os.environ.get("GATEWAY_URL"))
    reader.add_argument(
        "--token",
        default=os.environ.get("TOKEN") or development_token(),
        help="a bearer token of role bureau (or TOKEN, or ISSUER_KEY and OIDC_ISSUER)",
    )
    reader.add_argument("--all", action="store_true", help="the generated items too: 1,234 in all")
    options = reader.parse_args()
    if not options.gateway or not options.token:
        reader.error("name the gateway (--gateway or GATEWAY_URL) and a token (--token or TOKEN)")
    try:
        report = asyncio.run(load(options.gateway, options.token, options.all))
    except LoadFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"loaded: {report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
