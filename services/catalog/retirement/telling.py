"""The event that tells a retirement."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Row

from services.catalog.records.rules.flaws import flaw
from services.catalog.retirement.rules import grouped
from services.chassis import envelope
from services.chassis.errors import Flaw
from services.contracts import Disposition, ItemRetired, PartnerItemRetired

LARGEST = 200_000
"""Bytes; the broker takes a little more."""


def retired(
    row: Row[Any], record: Mapping[str, Any], others: Iterable[str], spared: Iterable[str]
) -> ItemRetired:
    """`others` go on issuing the evidence; `spared` is what the item itself asks no longer."""
    return ItemRetired(
        item=row.item,
        version=row.version,
        mode=row.mode.value,
        effective=row.effective,
        withdrawn=row.withdrawn,
        item_version=row.item_version,
        department=record["department"],
        legal_basis=row.legal_basis,
        evidence=row.evidence,
        still_issued_by=tuple(others),
        dispositions=tuple(Disposition(**one) for one in grouped(row.dispositions)),
        no_longer_asks=tuple(spared),
    )


def partners_told(
    event: ItemRetired, departments: Mapping[str, str], partners: Collection[str]
) -> list[PartnerItemRetired]:
    """For each department with a system of its own that the retirement concerns, what concerns it.

    `departments`: whose the items are that ask for what it issued.
    """
    concerned: set[str | None] = {event.department, *departments.values()}
    concerned |= {one.kept_by for one in event.dispositions}
    shared = event.model_dump(exclude={"item_version", "legal_basis", "department"})
    return [
        PartnerItemRetired(
            **shared | {"dispositions": tuple(_own(event, whose, departments))}, department=whose
        )
        for whose in sorted(set(partners) & concerned)
    ]


def _own(event: ItemRetired, whose: str, departments: Mapping[str, str]) -> Iterator[Disposition]:
    for one in event.dispositions:
        own = [item for item in one.items if whose in (departments.get(item), one.kept_by)]
        if own:
            yield one.model_copy(update={"items": tuple(own)})


def fits(event: ItemRetired) -> list[Flaw]:
    """What no event can carry nobody would hear of."""
    if len(envelope.seal(event, event.version, "").payload.encode()) <= LARGEST:
        return []
    told = "安排过多或过长，无法告知各方。", "Too much to be told in one event; make it shorter."
    return [flaw("too-large", "/dispositions", *told)]
