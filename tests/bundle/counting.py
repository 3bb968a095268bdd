"""Composition once more, by plain counting."""

from services.bundle.composition.rules import Held
from tests.bundle.bundles import Record
from tests.bundle.worlds import CONDITIONS, World


def selected(world: World) -> dict[str, tuple[Record, Record, str]]:
    """Key -> (member, item, owner), by reading the rules aloud."""
    found = {}
    for m in world.record["members"]:
        if not CONDITIONS[m.get("when")](world.answers):
            continue
        if m.get("repeat"):
            for n in range(world.answers["worker_count"]):
                found[f"{m['member']}-{n + 1}"] = (m, world.items[m["item"]], f"worker[{n + 1}]")
        else:
            found[m["member"]] = (m, world.items[m["item"]], m["holder"])
    return found


def fates(world: World) -> dict[str, set[tuple[str, str, str | None]]]:
    """Member -> what becomes of each of its needs: (key, how, by).

    How: issued, register, held, signed or asked.
    """
    members = selected(world)
    result: dict[str, set[tuple[str, str, str | None]]] = {key: set() for key in members}
    for need, name, key in needs_of(world):
        whose = name.rpartition(":")[2]
        makers = [
            other
            for other, (_, made, to) in members.items()
            if made.get("issues") == need["evidence"] and whose in (to, "anyone")
        ]
        good = [h for h in world.held if serves(world, h, need, whose)]
        if makers:
            result[key] |= {(name, "issued", maker) for maker in makers}
        elif need["source"] == "register":
            result[key].add((name, "register", None))
        elif good:
            result[key].add((name, "held", min(good, key=lambda h: (h.trust, h.id)).id))
        elif is_signed(world, need, members[key][1]):
            result[key].add((name, "signed", "promise"))
        else:
            result[key].add((name, "asked", None))
    return result


def is_signed(world: World, need: Record, its: Record) -> bool:
    chosen = need["source"] == "commitment" or (its["code"], "promise") in world.chosen
    return need["commitment"] is not None and chosen


def needs_of(world: World) -> list[tuple[Record, str, str]]:
    """(requirement, material key, member) of all that is needed under these answers."""
    return [
        (need, f"{need['evidence']}:{owner if need['whose'] == 'holder' else need['whose']}", key)
        for key, (_, its, owner) in selected(world).items()
        for need in its.get("requirements", [])
        if CONDITIONS[need["when"]](world.answers)
    ]


def serves(world: World, one: Held, need: Record, whose: str) -> bool:
    about = world.types[need["evidence"]]["subject_field"]
    return (
        one.evidence == need["evidence"]
        and whose in (one.owner, "anyone")
        and "ABCD".index(one.trust) <= "ABCD".index(need["lowest_trust"])
        and (about is None or one.subject == world.answers[about])
    )


def longest(plan: Record) -> int:
    """Every way through the graph, walked one by one."""
    waits = {m["member"]: {w["member"] for w in m["waits_for"]} for m in plan["members"]}
    days = {m["member"]: m["promise"]["value"] for m in plan["members"]}

    def back(key: str) -> int:
        return days[key] + max((back(before) for before in waits[key]), default=0)

    return max(map(back, waits)) * 8
