"""A restaurant, its items and the sizes it comes in: for the tests of composition."""

from services.bundle.composition.rules import Held
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
)

AREA = field("area", "number", rule={"minimum": 1, "maximum": 10000})
ADDRESS = field("address")
COUNT = field("worker_count", "integer", rule={"minimum": 0})
WORKERS = field("workers", "list", of=["person_name", "person_phone"])
RESTAURANT_FIELDS = (
    AREA,
    ADDRESS,
    COUNT,
    WORKERS,
    field("person_name", personal=True),
    field("person_phone", "phone", personal=True),
    field("company_name"),
)


def restaurant():
    return bundle(
        member("food", on_refusal="stop"),
        member("health", "worker", repeat={"count": "worker_count", "list": "workers"}),
        member("fire", when="area >= 300.0", on_refusal="ask"),
        questions=("area", "address", "worker_count"),
        parties=[APPLICANT, COMPANY, WORKER],
        edges=[{"from": "fire", "to": "food", "state": "decided"}],
    )


def restaurant_items():
    return catalogue(
        item("food", 8, issues="food-permit",
             fields=[{"field": "company_name"}, {"field": "area"},
                     {"field": "workers", "required": False}],
             requirements=[
                 need("health-certificate", whose="anyone", waits_for="decided"),
                 need("layout"),
                 need("fire-certificate", when="area >= 50.0", lowest_trust="B"),
                 need("business-licence", source="register"),
                 need("cleaning-plan", source="commitment"),
             ]),
        item("health", 5, issues="health-certificate",
             fields=[{"field": "workers"}],
             requirements=[need("identity-card"), need("photo", deferrable=True)]),
        item("fire", 3, issues="fire-certificate", visits=1,
             fields=[{"field": "company_name", "required": False}, {"field": "address"}],
             requirements=[need("layout", lowest_trust="B")]),
        fields=RESTAURANT_FIELDS,
        types=(
            evidence("food-permit", subject="address"),
            evidence("fire-certificate", subject="address"),
            evidence("layout", subject="address"),
            evidence("business-licence"),
            evidence("cleaning-plan"),
            evidence("health-certificate", "person"),
            evidence("identity-card", "person"),
            evidence("photo", "person"),
        ),
    )  # fmt: skip


LARGE = {"area": 350, "address": "示范路1号", "worker_count": 2}
SMALL = LARGE | {"area": 60}
TINY = LARGE | {"area": 20}


def held(evidence="layout", owner="company", trust="B", subject="示范路1号", id_="h1"):
    return Held(id_, evidence, owner, trust, subject)
