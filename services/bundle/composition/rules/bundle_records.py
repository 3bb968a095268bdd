"""What composition knows of a bundle: parties, questions, members, edges; and of a wallet.

Parsing trusts shapes: what came over a border was checked there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.bundle.composition.rules.field_records import Json
from services.bundle.composition.rules.item_records import Duration


@dataclass(frozen=True, slots=True)
class Party:
    """A role in the application: the applicant, someone named, born of it, a list's entry, or a
    ward, a child for whom the applicant files."""

    role: str
    kind: str
    who: str
    name_field: str | None
    number_field: str | None
    list: str | None
    proved_by: str | None = None
    """Of a ward: the evidence that shows who their guardian is."""

    @classmethod
    def from_record(cls, record: Json) -> "Party":
        return cls(
            role=record["role"],
            kind=record["kind"],
            who=record["who"],
            name_field=record.get("name_field"),
            number_field=record.get("number_field"),
            list=record.get("list"),
            proved_by=record.get("proved_by"),
        )


@dataclass(frozen=True, slots=True)
class Repeat:
    """One member per entry of `list`, as many as the answer `count` says."""

    count: str
    list: str


@dataclass(frozen=True, slots=True)
class MemberDefinition:
    member: str
    item: str
    when: str | None
    holder: str
    on_refusal: str
    repeat: Repeat | None

    @classmethod
    def from_record(cls, record: Json) -> "MemberDefinition":
        repeat = record.get("repeat")
        return cls(
            member=record["member"],
            item=record["item"],
            when=record.get("when"),
            holder=record["holder"],
            on_refusal=record.get("on_refusal", "continue"),
            repeat=Repeat(repeat["count"], repeat["list"]) if repeat else None,
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """An explicit order between members, beside what "issues" and "needs" already say."""

    source: str
    target: str
    state: str

    @classmethod
    def from_record(cls, record: Json) -> "Edge":
        return cls(record["from"], record["to"], record.get("state", "decided"))


@dataclass(frozen=True, slots=True)
class Bundle:
    """One thing (一件事), as the bureau composed it."""

    code: str
    version: int
    name: str
    name_en: str
    region: str
    parties: tuple[Party, ...]
    holder: str
    questions: tuple[str, ...]
    """The fields that the questions bind."""
    members: tuple[MemberDefinition, ...]
    edges: tuple[Edge, ...]
    promised: Duration | None
    wording: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """How each question is put, in Chinese and English."""
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    """Named values that its members' conditions use; another region has others."""

    @classmethod
    def from_record(cls, code: str, version: int, record: Json) -> "Bundle":
        promised, questions = record.get("promised"), record.get("questions", ())
        return cls(
            code=code,
            version=version,
            name=record["name"],
            name_en=record.get("name_en", ""),
            region=record["region"],
            parties=tuple(map(Party.from_record, record.get("parties", ()))),
            holder=record["holder"],
            questions=tuple(question["field"] for question in questions),
            members=tuple(map(MemberDefinition.from_record, record.get("members", ()))),
            edges=tuple(map(Edge.from_record, record.get("edges", ()))),
            promised=Duration.from_record(promised) if promised else None,
            wording={q["field"]: (q["text"], q.get("text_en", "")) for q in questions},
            thresholds=dict(record.get("thresholds", {})),
        )

    def party(self, role: str) -> Party | None:
        return next((party for party in self.parties if party.role == role), None)

    @property
    def applicant(self) -> str | None:
        """The role of whoever applies."""
        return next((party.role for party in self.parties if party.who == "applicant"), None)


@dataclass(frozen=True, slots=True)
class Held:
    """Valid evidence in a wallet that the applicant may use."""

    id: str
    evidence: str
    owner: str
    """A role of the bundle, or `role[n]` for an entry of a list."""
    trust: str
    """A (best) to D."""
    subject: str | int | float | bool | None = None
    """The value of the evidence type's subject field, where it has one."""

    def suffices(self, lowest_trust: str) -> bool:
        return self.trust <= lowest_trust
