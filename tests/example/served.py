"""Bundle alone, with bundles of the district published, as catalog and the loader leave it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import services.bundle.main
from deploy.example import district
from services.bundle.main import BundleSettings
from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests.alone import NOBODY, Alone, alone, databases
from tests.platform import INDEX_KEY, KEY

BUNDLES = district.by_code(district.bundles())
FIELDS = district.by_code(district.fields())
KINDS = district.by_code(district.evidence_types())
ITEMS = district.by_code(district.items())


@asynccontextmanager
async def serving(postgres: Any, signer: Any, uploads: Any, *codes: str) -> AsyncIterator[Alone]:
    async with databases(postgres) as fresh:
        settings = BundleSettings(
            database_url=await fresh("bundle"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
            sealing_keys=f"k1:{KEY}",
            index_key=INDEX_KEY,
            uploads_url=uploads.as_uri(),
        )
        async with alone(services.bundle.main.make(settings), signer) as made:
            for code in codes:
                used = {member["item"] for member in BUNDLES[code]["members"]}
                await made.hear(*(published(ITEMS[item]) for item in sorted(used)))
                await made.publish(code, plain(BUNDLES[code], "code"))
            yield made


def published(item: dict[str, Any]) -> ItemPublished:
    """As catalog tells of it, with the definitions of what it names."""
    named = {need["evidence"] for need in item["requirements"]} | {item.get("issues")} - {None}
    kinds = [KINDS[code] for code in sorted(named)]
    used = {use["field"] for use in item["fields"]}
    for kind in kinds:
        used |= {*kind.get("content", ()), kind.get("subject_field")} - {None}
    used |= {code for one in used for code in FIELDS[one].get("of", ())}
    fields = (plain(FIELDS[code], "region", "source_note") for code in sorted(used))
    types = (plain(one, "region", "source_note") for one in kinds)
    return ItemPublished(
        code=item["code"],
        version=1,
        item=ItemRecord(**item),
        fields=tuple(FieldRecord(**one) for one in fields),
        evidence_types=tuple(EvidenceTypeRecord(**one) for one in types),
    )


def plain(record: dict[str, Any], *without: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in without}
