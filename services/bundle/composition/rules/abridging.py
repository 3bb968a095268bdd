"""A published bundle on a day when some of the catalogue is no more.

Whoever composes from it cannot ask for what nobody issues, whatever item versions it has: between a
retirement's day and the next version of an item that still asks, and where a version never came.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.bundle.composition.rules.commitments import commitments_of
from services.bundle.composition.rules.effects import effects_of
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import ItemVersion, Requirement
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.retirements import Retired, Retirement
from services.bundle.composition.rules.vocabulary import gather
from services.chassis.errors import Flaw


def abridge(published: Published, retired: Retired) -> Published:
    """Raises nothing: what was right stays right with less in it."""
    bundle = published.bundle
    gone = {m.member for m in bundle.members if m.item in retired.items}
    less = replace(
        bundle,
        members=tuple(m for m in bundle.members if m.member not in gone),
        edges=tuple(e for e in bundle.edges if not {e.source, e.target} & gone),
    )
    spared = {code: tuple(_spared(version, retired)) for code, version in published.items.items()}
    items = {code: _without(version, spared[code]) for code, version in published.items.items()}
    vocabulary, _ = gather(less, items)
    effects = effects_of(less, items, published.evidence, published.conditions)
    distinct = {effect.key: effect for of_member in effects.values() for effect in of_member}
    return replace(
        published,
        bundle=less,
        items=items,
        fields={**published.fields, **vocabulary.fields},  # no stricter than who is left says
        effects=effects,
        distinct_effects=tuple(distinct.values()),
        commitments=commitments_of({m.item: items[m.item] for m in less.members}),
        retired_members=tuple(
            (m, published.items[m.item], retired.items[m.item])
            for m in bundle.members
            if m.member in gone
        ),
        no_longer_asked={code: needs for code, needs in spared.items() if needs},
    )


def _spared(version: ItemVersion, retired: Retired) -> Iterator[tuple[Requirement, Retirement]]:
    for need in version.item.requirements:
        if why := retired.of(version.item.code, need):
            yield need, why


def _without(
    version: ItemVersion, spared: tuple[tuple[Requirement, Retirement], ...]
) -> ItemVersion:
    if not spared:
        return version
    gone = [need for need, _ in spared]
    left = tuple(need for need in version.item.requirements if need not in gone)
    return replace(version, item=replace(version.item, requirements=left))


def retired_flaws(published: Published, retired: Retired) -> Iterator[Flaw]:
    """What a designer must take out before the bundle is published (again); of retirements to
    come, what will be left out by itself."""
    for index, member in enumerate(published.bundle.members):
        why = retired.items.get(member.item)
        place = pointer("members", index, "item")
        if why:
            zh = f"事项 {member.item} 自 {why.effective} 起取消或改革，请移出联办。"
            en = f"Item {member.item} is retired as of {why.effective}; take the member out."
            yield flaw("retired-item", place, zh, en, **_about(member.item, why))
        for need, ended in _spared(published.items[member.item], retired):
            zh = f"事项 {member.item} 要求 {need.evidence}，自 {ended.effective} 起无人核发。"
            en = f"Item {member.item} asks for {need.evidence}: from {ended.effective} on nobody"
            en += " issues it."
            more = {"evidence": need.evidence, **_about(member.item, ended)}
            yield flaw("retired-evidence", place, zh, en, **more)


def _about(item: str, why: Retirement) -> dict[str, Any]:
    return {"item": item, "retired": why.record()}
