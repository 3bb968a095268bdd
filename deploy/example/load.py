"""Puts the example district into a running platform through its public API, and nothing else.

Records made by hand are PUT one by one by their codes, the generated items are imported in one file
as a bureau would, rights are offered in bulk: loading again changes nothing either way.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import httpx

from deploy.example import district, generator
from deploy.example.calls import Call, Import, LoadFailed, Put, send
from deploy.example.handing_down import Clerks, hand_down
from deploy.example.report import Report
from deploy.local.tokens import Signer

AT_ONCE = 8
Stage = tuple[str, Sequence[Call]]


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


def whole_stages() -> list[Stage]:
    """What fills the district up to its full size, after all that was made by hand."""
    points = puts([district.points()], "service-points", "source_note")
    levels: dict[str, int] = {}
    for put in points:
        levels[put.code] = levels.get(put.body.get("parent", ""), 0) + 1
    return [
        *(
            ("service points", [put for put in points if levels[put.code] == level])
            for level in sorted(set(levels.values()))
        ),
        ("generated items", [Import(generator.table())]),
    ]


async def load(
    gateway_url: str, token: str, whole: bool = False, clerks: Clerks | None = None
) -> Report:
    """Load the district as the approval bureau; raises `LoadFailed` with every problem.

    `whole`: up to the founding report's size, with the points and, where somebody can sign in as
    their people, with what is handed down to them.
    """
    report = Report()
    async with _client(gateway_url, token) as client:
        for name, calls in [*stages(), *(whole_stages() if whole else [])]:
            report.add(name, await _all_of(client, calls))
        if whole and clerks:
            report.add("rights offered", await hand_down(client, clerks))
    return report


def _client(gateway_url: str, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    return httpx.AsyncClient(base_url=gateway_url, headers=headers, timeout=30, trust_env=False)


async def _all_of(client: httpx.AsyncClient, calls: Sequence[Call]) -> int:
    """Make them some at once; how many records they brought."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(call: Call) -> str | None:
        async with gate:
            return await send(client, call)

    answers = await asyncio.gather(*(gated(call) for call in calls))
    if problems := [answer for answer in answers if answer]:
        raise LoadFailed(problems)
    return sum(call.size for call in calls)


def development_signer() -> Signer | None:
    """Signs with the development issuer's key, where ISSUER_KEY names its file."""
    key, issuer = os.environ.get("ISSUER_KEY"), os.environ.get("OIDC_ISSUER", "")
    return Signer(Path(key), issuer.rstrip("/")) if key else None


def clerks_of(gateway_url: str, signer: Signer) -> Clerks:
    """Whoever works at a point, by the point."""

    def clerk(point: str) -> httpx.AsyncClient:
        return _client(gateway_url, signer.mint(f"clerk-{point}", "clerk", point=point))

    return clerk


def main() -> int:
    signer = development_signer()
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--gateway", default=os.environ.get("GATEWAY_URL"))
    reader.add_argument(
        "--token",
        default=os.environ.get("TOKEN") or (signer and signer.mint("loader", "bureau")),
        help="a bearer token of role bureau (or TOKEN, or ISSUER_KEY and OIDC_ISSUER)",
    )
    reader.add_argument(
        "--all", action="store_true", help="the whole district: 1,234 items, 148 service points"
    )
    options = reader.parse_args()
    if not options.gateway or not options.token:
        reader.error("name the gateway (--gateway or GATEWAY_URL) and a token (--token or TOKEN)")
    try:
        people = clerks_of(options.gateway, signer) if signer else None
        report = asyncio.run(load(options.gateway, options.token, options.all, people))
    except LoadFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"已装入 loaded:\n{report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
