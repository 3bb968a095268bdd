"""What must come out of each filing, worked out from the data files alone.

The platform's code is not used here: two ways to the same answer are what makes a check.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from deploy.example import district

HOURS = {"working_day": 8, "natural_day": 8, "hour": 1}
Json = Mapping[str, Any]
Piece = tuple[str, str]
"""Evidence and whose it is: a role, `role[n]`, or "anyone"."""


@cache
def items() -> dict[str, district.Record]:
    return district.by_code(district.items())


@cache
def bundles() -> dict[str, district.Record]:
    return district.by_code(district.bundles())


@cache
def evidence_types() -> dict[str, district.Record]:
    return district.by_code(district.evidence_types())


def holds(condition: str | None, answers: Json) -> bool:
    """Conditions in the data files are comparisons joined by && and ||: Python reads them too."""
    if condition is None:
        return True
    text = condition.replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"!(?!=)", " not ", text).strip()
    return bool(eval(text, {"__builtins__": {}}, dict(answers)))


@dataclass(frozen=True)
class Retirement:
    """An item that nobody can apply for any more, and what became of those who needed it."""

    item: str
    dispositions: Mapping[str, str]
    """By item: "drop" or "register"."""

    def then(self, item: district.Record) -> district.Record:
        """An item as it is afterwards."""
        issued, action = items()[self.item]["issues"], self.dispositions.get(item["code"])
        needs = [
            need | {"source": "register"} if need["evidence"] == issued else need
            for need in item["requirements"]
            if need["evidence"] != issued or action == "register"
        ]
        return item | {"requirements": needs}


def dependents(retired: str) -> set[str]:
    """The items that ask for what an item issues."""
    issued = items()[retired]["issues"]
    return {
        code
        for code, item in items().items()
        for need in item["requirements"]
        if need["evidence"] == issued and need.get("source") not in ("register", "commitment")
    }


@dataclass(frozen=True)
class Member:
    key: str
    item: district.Record
    owner: str
    policy: str
    name: str
    """Its name in the bundle: `health-check` of `health-check-2`."""

    @property
    def hours(self) -> int:
        return int(self.item["promised"]["value"] * HOURS[self.item["promised"]["unit"]])


@dataclass(frozen=True)
class Plan:
    """What composition should answer, as far as the demo compares it."""

    members: tuple[Member, ...]
    waits: dict[str, dict[str, str]]
    """By member, whom it waits for and whether for the decision or the certificate."""
    materials: frozenset[str]
    left_out: frozenset[str]
    before: dict[str, int]
    after: dict[str, int]
    issued: frozenset[Piece]

    def member(self, key: str) -> Member:
        return next(member for member in self.members if member.key == key)


def plan(
    bundle: str,
    answers: Json,
    held: frozenset[Piece] = frozenset(),
    retired: Retirement | None = None,
    signed: frozenset[tuple[str, str]] = frozenset(),
) -> Plan:
    """`held`: evidence that earlier filings left in the wallets for this subject; `signed`: items
    and commitments that stand in for evidence."""
    record = bundles()[bundle]
    known = {**thresholds(record), **answers}
    members, left_out = _selected(record, known, retired)
    producers = _producers(members)
    waits: dict[str, dict[str, str]] = {member.key: {} for member in members}
    asked: set[str] = set()
    alone = 0
    for member in members:
        needs = _needs(record, member, known)
        alone += len({piece for piece, need in needs if need.get("source") != "register"})
        for piece, need in needs:
            found = producers.get(piece, ())
            for producer in found:
                waits[member.key][producer] = need.get("waits_for", "issued")
            given = (member.item["code"], need.get("commitment")) in signed or piece in held
            if not found and need.get("source") != "register" and not given:
                asked.add(":".join(piece))
    _add_edges(record, members, waits)
    fields = [_fields(member, known) for member in members]
    before = {
        "members": len(members),
        "visits": sum(member.item["visits"] for member in members),
        "materials": alone,
        "fields": sum(map(len, fields)),
        "working_days": _days(sum(member.hours for member in members)),
    }
    after = {
        "visits": int(any(member.item["visits"] for member in members)),
        "materials": len(asked),
        "fields": len(set().union(*fields)),
        "working_days": _days(_longest(members, waits)),
    }
    issued = frozenset(
        (member.item["issues"], member.owner) for member in members if member.item.get("issues")
    )
    return Plan(members, waits, frozenset(asked), left_out, before, after, issued)


def thresholds(record: Json) -> dict[str, Any]:
    """The numbers that conditions name: the items' own, unless the bundle says others."""
    used = [items()[member["item"]] for member in record["members"]]
    own = {one["name"]: one["value"] for item in used for one in item.get("thresholds", ())}
    return {**own, **record.get("thresholds", {})}


def _selected(
    record: Json, answers: Json, retired: Retirement | None
) -> tuple[tuple[Member, ...], frozenset[str]]:
    members: list[Member] = []
    left_out: set[str] = set()
    for definition in record["members"]:
        name, item = definition["member"], items()[definition["item"]]
        holder, policy = definition["holder"], definition["on_refusal"]
        if retired and retired.item == definition["item"]:
            left_out.add(name)
            continue
        item = retired.then(item) if retired else item
        if not holds(definition.get("when"), answers):
            left_out.add(name)
        elif repeat := definition.get("repeat"):
            members += [
                Member(f"{name}-{n}", item, f"{holder}[{n}]", policy, name)
                for n in range(1, answers[repeat["count"]] + 1)
            ]
        else:
            members.append(Member(name, item, holder, policy, name))
    return tuple(members), frozenset(left_out)


def _producers(members: Iterable[Member]) -> dict[Piece, list[str]]:
    found: dict[Piece, list[str]] = {}
    for member in members:
        if issues := member.item.get("issues"):
            found.setdefault((issues, member.owner), []).append(member.key)
            found.setdefault((issues, "anyone"), []).append(member.key)
    return found


def _needs(record: Json, member: Member, answers: Json) -> list[tuple[Piece, Json]]:
    applicant = next(p["role"] for p in record["parties"] if p["who"] == "applicant")
    owners = {"holder": member.owner, "applicant": applicant, "anyone": "anyone"}
    return [
        ((need["evidence"], owners[need.get("whose", "holder")]), need)
        for need in member.item["requirements"]
        if holds(need.get("when"), answers)
    ]


def _fields(member: Member, answers: Json) -> set[str]:
    return {use["field"] for use in member.item["fields"] if holds(use.get("when"), answers)}


def _add_edges(record: Json, members: Iterable[Member], waits: dict[str, dict[str, str]]) -> None:
    for edge in record["edges"]:
        for target in members:
            for source in members:
                if (source.name, target.name) == (edge["from"], edge["to"]):
                    waits[target.key].setdefault(source.key, edge["state"])


def _longest(members: Iterable[Member], waits: dict[str, dict[str, str]]) -> int:
    hours = {member.key: member.hours for member in members}

    @cache
    def finish(key: str) -> int:
        return hours[key] + max(map(finish, waits[key]), default=0)

    return max(map(finish, hours))


def _days(hours: int) -> int:
    return -(-hours // 8)


# --- how it ends ---------------------------------------------------------------------------------


def ending(
    expected: Plan,
    refused: Iterable[str],
    withdrawn: Iterable[str] = (),
    stopped: Iterable[str] = (),
    fallen: Iterable[str] = (),
) -> tuple[str, dict[str, str]]:
    """Outcome and members' states where departments refuse these members and grant the others.

    `stopped`: members that no department had accepted when a refusal stopped the rest; `fallen`:
    those that were not needed any more when their item was retired.
    """
    states = dict.fromkeys(expected.waits, "granted")
    states |= dict.fromkeys(refused, "refused") | dict.fromkeys(withdrawn, "withdrawn")
    states |= dict.fromkeys(fallen, "not_needed")
    while lost := [
        key
        for key, awaited in expected.waits.items()
        if states[key] == "granted"
        and any(states[one] not in ("granted", "not_needed") for one in awaited)
    ]:
        states |= dict.fromkeys(lost, "impossible")
    states |= dict.fromkeys(stopped, "cancelled")
    return outcome(states), states


def outcome(states: Mapping[str, str]) -> str:
    counted = [state for state in states.values() if state not in ("withdrawn", "not_needed")]
    if "cancelled" in counted:
        return "stopped"
    if "granted" in counted:
        return "granted" if set(counted) == {"granted"} else "partly_granted"
    return "refused" if "refused" in counted else "withdrawn"


def may_end_withdrawn(expected: Plan, states: Mapping[str, str]) -> bool:
    """Whether a whole withdrawal, with answers in flight, may leave the members like this.

    Each is granted or withdrawn, and nothing is granted whose input never came.
    """
    return set(states) == set(expected.waits) and all(
        state == "withdrawn"
        or (state == "granted" and all(states[one] == "granted" for one in expected.waits[key]))
        for key, state in states.items()
    )
