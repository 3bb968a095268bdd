"""A small bundle that can be published, for tests that spoil it."""

from tests.bundle.bundles import catalogue, evidence, field, item

AREA = field("area", "number", rule={"minimum": 0})
COUNT = field("worker_count", "integer")
KIND = field("kind", "choice", rule={"options": [{"value": "hot", "name": "热食"}]})
PERSON = field("person_name", personal=True)
WORKERS = field("workers", "list", of=["person_name"])
FIELDS = (AREA, COUNT, KIND, PERSON, WORKERS)
TYPES = (
    evidence("licence"),
    evidence("seal"),
    evidence("permit"),
    evidence("health", kind="person"),
)


def shop(**more):
    """An item that asks everything, so that every code is known."""
    uses = [{"field": f["code"]} for f in FIELDS if f["code"] != "person_name"]
    return item("shop", **({"fields": uses} | more))


def items(*more, **of_shop):
    return catalogue(shop(**of_shop), *more, fields=FIELDS, types=TYPES)
