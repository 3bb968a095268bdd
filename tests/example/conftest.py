"""The district's bundles, published by the platform's own rules."""

from typing import Any

import pytest

from deploy.example import district
from services.bundle.composition.rules import Bundle, ItemVersion, Published, publish

UNASKED: dict[str, Any] = {"requirements": [], "fields": []}


def version(item: dict[str, Any]) -> ItemVersion:
    """An item with the definitions that catalog would embed: of what it names, and no more."""
    fields = district.by_code(district.fields())
    evidence = district.by_code(district.evidence_types())
    named = {need["evidence"] for need in item["requirements"]} | {item.get("issues")} - {None}
    types = [evidence[code] for code in sorted(named)]
    used = {use["field"] for use in item["fields"]}
    for kind in types:
        used |= {*kind.get("content", ()), kind.get("subject_field")} - {None}
    used |= {code for one in used for code in fields[one].get("of", ())}
    return ItemVersion.from_record(
        {
            "version": 1,
            "item": UNASKED | item,
            "fields": [fields[code] for code in sorted(used)],
            "evidence_types": types,
        }
    )


@pytest.fixture(scope="package")
def published() -> dict[str, Published]:
    items = {code: version(item) for code, item in district.by_code(district.items()).items()}
    return {
        code: publish(Bundle.from_record(code, 1, bundle), items)
        for code, bundle in district.by_code(district.bundles()).items()
    }
