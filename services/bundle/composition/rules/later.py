"""What an item asks in a renewal, a change or a replacement (延续, 变更, 补证): a part of itself.

A later filing is composed like any other: from a bundle of one member, made from the item's record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.bundle.composition.rules.bundle_records import Bundle
from services.bundle.composition.rules.item_records import Duration, Item, ItemVersion
from services.bundle.composition.rules.publishing import Published, publish
from services.bundle.composition.rules.reading import names
from services.chassis.errors import Conflict

RENEWAL, CHANGE, REPLACEMENT = "renewal", "change", "replacement"
KINDS: Mapping[str, tuple[str, str]] = {
    RENEWAL: ("延续", "renewal"),
    CHANGE: ("变更", "change"),
    REPLACEMENT: ("补证", "replacement"),
}
HOLDER, APPLICANT = "holder", "applicant"
DAYS_BEFORE = 30
"""A renewal is asked for thirty days before the end (行政许可法 art. 50), unless the item says."""


class KindNotOffered(Conflict):
    """The item's record does not offer this for what it issues."""

    zh = "该事项的实施清单没有为其结果设定这类业务。"


@dataclass(frozen=True, slots=True)
class Later:
    """One kind of later filing that an item's record offers."""

    kind: str
    fields: frozenset[str]
    evidence: frozenset[str]
    promised: Duration | None
    days_before: int
    deemed_consent: bool

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Later":
        promised, before = record.get("promised"), record.get("days_before")
        return cls(
            kind=record["kind"],
            fields=frozenset(record.get("fields", ())),
            evidence=frozenset(record.get("evidence", ())),
            promised=Duration.from_record(promised) if promised else None,
            days_before=DAYS_BEFORE if before is None else before,
            deemed_consent=bool(record.get("deemed_consent", "").strip()),
        )

    def last_day(self, valid_until: date) -> date:
        return valid_until - timedelta(self.days_before)


def offered(item: Item, kind: str) -> Later:
    """Raises KindNotOffered, which names what is offered."""
    known = {one["kind"]: one for one in item.later_filings}
    if kind not in known:
        raise KindNotOffered(offered=sorted(known))
    return Later.from_record(known[kind])


def published_for(version: ItemVersion, later: Later, enterprise: bool, own: bool) -> Published:
    """The bundle of one member.  `own`: the holder's own person asks; else somebody for it."""
    narrowed = _narrowed(version, later)
    zh, en = KINDS[later.kind]
    item = version.item
    asks = [
        {"field": one.code, "text": f"{one.name}？", "text_en": one.name_en}
        for one in version.fields
        if one.code in _read(narrowed.item)
    ]
    holder = {"role": HOLDER, "kind": "enterprise" if enterprise else "person"}
    applicant = {"role": APPLICANT, "kind": "person", "who": "applicant"}
    record: dict[str, Any] = {
        "name": f"{item.name}（{zh}）",
        "name_en": f"{item.name_en} ({en})" if item.name_en else "",
        "region": item.region,
        "parties": [holder | {"who": "applicant"}]
        if own
        else [holder | {"who": "named"}, applicant],
        "holder": HOLDER,
        "questions": asks,
        "members": [{"member": later.kind, "item": item.code, "holder": HOLDER}],
    }
    bundle = Bundle.from_record(later.kind, version.version, record)
    return publish(bundle, {item.code: narrowed})


def _narrowed(version: ItemVersion, later: Later) -> ItemVersion:
    """Only what the kind asks again; an examination by rule is another matter than the first.

    The thing that the earlier result is tied to (its premises) is known by it: nobody is asked for
    it again, unless the kind says so.
    """
    item = version.item
    less = replace(
        item,
        fields=tuple(use for use in item.fields if use.field in later.fields),
        requirements=tuple(one for one in item.requirements if one.evidence in later.evidence),
        promised=later.promised or item.promised,
        instant=None,
    )
    asked = {use.field for use in less.fields} | _read(less)
    types = (
        one if one.subject_field in asked else replace(one, subject_field=None)
        for one in version.evidence_types
    )
    return replace(version, item=less, evidence_types=tuple(types))


def of_the_same_thing(version: ItemVersion, published: Published) -> frozenset[str]:
    """Evidence types that are tied to what the earlier result is tied to, without being asked."""
    fields = {one.code: one.subject_field for one in version.evidence_types}
    thing = fields.get(version.item.issues or "")
    known = published.evidence
    return frozenset(
        code
        for code, field in fields.items()
        if field and field == thing and code in known and known[code].subject_field is None
    )


def untied(version: ItemVersion, published: Published) -> frozenset[str]:
    """Evidence types that are tied to some thing of which the form says nothing."""
    known = published.evidence
    return frozenset(
        one.code
        for one in version.evidence_types
        if one.subject_field and one.code in known and known[one.code].subject_field is None
    )


def _read(item: Item) -> frozenset[str]:
    """The fields that the conditions of what is asked read."""
    whens = [*(one.when for one in item.fields), *(one.when for one in item.requirements)]
    return frozenset(name for when in whens if when for name in names(when))
