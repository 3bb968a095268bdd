"""The district's bundles, published by the platform's own rules."""

from typing import Any

import pytest

from deploy.example import district
from services.bundle.composition.rules import Bundle, ItemVersion, Published, publish

UNASKED: dict[str, Any] = {"requirements": [], "fields": []}


def version(item: dict[str, Any]) -> ItemVersion:
    """An item with all definitions, as catalog would publish it."""
    return ItemVersion.from_record(
        {
            "version": 1,
            "item": UNASKED | item,
            "fields": list(district.by_code(district.fields()).values()),
            "evidence_types": list(district.by_code(district.evidence_types()).values()),
        }
    )


@pytest.fixture(scope="package")
def published() -> dict[str, Published]:
    items = {code: version(item) for code, item in district.by_code(district.items()).items()}
    return {
        code: publish(Bundle.from_record(code, 1, bundle), items)
        for code, bundle in district.by_code(district.bundles()).items()
    }
