"""A bundle whose questions hang on one another."""

from typing import Any

from services.bundle.composition.rules import Published
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    published,
)

ASKED = ("sells_food", "area", "address", "cold", "worker_count", "remarks")
FIELDS = (
    field("sells_food", "boolean"),
    field("area", "number", rule={"minimum": 1}),
    field("address"),
    field("cold", "boolean"),
    field("worker_count", "integer", rule={"minimum": 0, "maximum": 9}),
    field("remarks"),
    field("workers", "list", of=["person_name"]),
    field("person_name", personal=True),
)


def shop(**more: Any) -> Published:
    """Food asks for more where it is cold; fire comes in from 300 m² on; one check per worker."""
    record = bundle(
        member("food", when="sells_food"),
        member("check", "worker", when="sells_food", repeat=REPEAT),
        member("fire", when="area >= 300.0"),
        member("sign"),
        questions=ASKED,
        parties=[APPLICANT, COMPANY, WORKER],
        **more,
    )
    uses = [{"field": one} for one in ASKED]
    known = catalogue(
        item("food", requirements=[need("layout"), need("cooling", when="cold")]),
        item("check", fields=[{"field": "workers"}]),
        item("fire", requirements=[need("layout")]),
        item("sign", fields=uses),
        fields=FIELDS,
        types=(evidence("layout", subject="address"), evidence("cooling")),
    )
    return published(record, known)


REPEAT = {"count": "worker_count", "list": "workers"}
