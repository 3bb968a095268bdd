"""Any bundle, any answers, any wallet: drawn at random, beside what its conditions mean."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import Held, ItemVersion, Published
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    Record,
    bundle,
    evidence,
    field,
    item,
    member,
    published,
)

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

# Each condition beside what it means, written down a second time.
CONDITIONS: dict[str | None, Any] = {
    None: lambda a: True,
    "sure": lambda a: a["sure"],
    "!sure || size > 2.0": lambda a: not a["sure"] or a["size"] > 2,
    "worker_count >= 2": lambda a: a["worker_count"] >= 2,
    "kind in ['hot', 'cold']": lambda a: a["kind"] in ("hot", "cold"),
}
QUESTIONS = ("sure", "size", "worker_count", "kind")
PLAIN = tuple(f"field_{n}" for n in range(6))
FIELDS = (
    field("sure", "boolean"),
    field("size", "number"),
    field("worker_count", "integer", rule={"minimum": 0, "maximum": 3}),
    field(
        "kind", "choice", rule={"options": [{"value": v, "name": v} for v in ("hot", "cold", "no")]}
    ),
    field("workers", "list", of=["person_name"]),
    field("person_name"),
    *(field(code) for code in PLAIN),
)
REPEAT = {"count": "worker_count", "list": "workers"}
OUTSIDE = ("paper", "photo", "plan")
PROMISE = {"code": "promise", "version": 2, "text": "本人承诺属实。"}
KINDS = {"applicant": "person", "company": "enterprise", "worker": "person"}


@dataclass
class World:
    record: Record
    items: dict[str, Record]
    types: dict[str, Record]
    answers: Record
    held: tuple[Held, ...]
    chosen: tuple[tuple[str, str], ...] = ()

    @cached_property
    def published(self) -> Published:
        versions = {
            code: ItemVersion.from_record(
                {
                    "version": 1,
                    "item": one,
                    "fields": FIELDS,
                    "evidence_types": list(self.types.values()),
                }
            )
            for code, one in self.items.items()
        }
        return published(self.record, versions)


@st.composite
def worlds(draw):
    """Any bundle without circles: members need only what earlier ones issue, or outside papers."""
    count = draw(st.integers(1, 7))
    holders = [draw(st.sampled_from(sorted(KINDS))) for _ in range(count)]
    subject = st.sampled_from([None, "kind", "size"])
    types = {code: evidence(code, "enterprise", draw(subject)) for code in OUTSIDE}
    items, members, issued = {}, [], []
    for n, holder in enumerate(holders):
        # Two members may issue one and the same type: then either, or both, answer the need.
        same = [code for code, kind, last in issued if kind == KINDS[holder] and last == n - 1]
        issues = draw(st.sampled_from([None, f"result-{n}", *same]))
        known = [code for code, _, last in issued if code != issues]
        needs = draw(st.lists(requirements([*OUTSIDE, *known]), max_size=4))
        uses = draw(st.lists(field_uses(), max_size=4))
        if holder == "worker":
            uses.append({"field": "workers"})
        promised = draw(st.integers(0, 5))
        code = f"item-{n}"
        items[code] = item(code, promised, fields=uses, requirements=needs, issues=issues,
                           commitments=[PROMISE], visits=draw(st.integers(0, 2)))  # fmt: skip
        repeat = REPEAT if holder == "worker" else None
        when = draw(st.sampled_from(list(CONDITIONS)))
        members.append(member(f"m-{n}", holder, item=code, when=when, repeat=repeat))
        if issues:
            types[issues] = types.get(issues) or evidence(issues, KINDS[holder], draw(subject))
            issued = [entry for entry in issued if entry[0] != issues]
            issued.append((issues, KINDS[holder], n))
    items["asks-all"] = item("asks-all", fields=[{"field": q} for q in (*QUESTIONS, "workers")])
    members.append(member("asks-all"))
    edges = [
        {"from": f"m-{a}", "to": f"m-{b}", "state": "decided"}
        for a, b in draw(
            st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), max_size=3, unique=True)
        )
        if a < b
    ]
    record = bundle(
        *members, questions=QUESTIONS, edges=edges, parties=[APPLICANT, COMPANY, WORKER]
    )
    answers = {
        "sure": draw(st.booleans()),
        "size": draw(st.sampled_from([1.0, 2.5])),
        "worker_count": draw(st.integers(0, 3)),
        "kind": draw(st.sampled_from(["hot", "cold", "no"])),
    }
    wallet = tuple(draw(wallets(sorted(types))))
    chosen = draw(st.lists(st.sampled_from([f"item-{n}" for n in range(count)]), unique=True))
    return World(record, items, types, answers, wallet, tuple((code, "promise") for code in chosen))


def requirements(codes):
    return st.fixed_dictionaries(
        {
            "evidence": st.sampled_from(codes),
            "when": st.sampled_from(list(CONDITIONS)),
            "source": st.sampled_from(["applicant", "item", "register", "commitment"]),
            "whose": st.sampled_from(["holder", "applicant", "anyone"]),
            "lowest_trust": st.sampled_from("ABCD"),
            "waits_for": st.sampled_from(["decided", "issued"]),
            "deferrable": st.booleans(),
            "deferral": st.sampled_from([None, {"value": 3}, {"value": 20, "unit": "hour"}]),
            "commitment": st.sampled_from([None, None, "promise"]),
        }
    )


def field_uses():
    return st.fixed_dictionaries(
        {
            "field": st.sampled_from([*PLAIN, "sure", "workers"]),
            "required": st.booleans(),
            "when": st.sampled_from(list(CONDITIONS)),
        }
    )


def wallets(codes):
    owners = ["applicant", "company", "worker[1]", "worker[2]", "worker[3]"]
    one = st.builds(
        Held,
        id=st.uuids().map(str),
        evidence=st.sampled_from(codes),
        owner=st.sampled_from(owners),
        trust=st.sampled_from("ABCD"),
        subject=st.sampled_from([None, "hot", "cold", 1.0, 2.5]),
    )
    return st.lists(one, max_size=6)
