"""The catalogue's words, embedded in catalog.item.published and copied by bundle."""

from typing import Literal

from pydantic import Field

from services.contracts.words import Code, Fact, FieldCode, TrustLevel


class Duration(Fact):
    """A legal or promised time.  Zero means at once (即办)."""

    value: int = Field(ge=0, le=1000)
    unit: Literal["working_day", "natural_day", "hour"] = "working_day"


class Option(Fact):
    """One allowed value of a choice field."""

    value: str = Field(max_length=64)
    name: str = Field(max_length=100)
    name_en: str = Field("", max_length=200)


class FieldRule(Fact):
    """What a value must satisfy; an absent bound does not bind."""

    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = Field(None, ge=1, le=4000)
    pattern: str | None = Field(None, max_length=200)
    options: tuple[Option, ...] = ()


class FieldDefinition(Fact):
    """One datum asked on a form (表单字段, 数据元), defined once and used by many items."""

    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=200)
    type: Literal[
        "text",
        "integer",
        "number",
        "boolean",
        "date",
        "choice",
        "id_number",
        "credit_code",
        "phone",
        "list",
    ]
    personal: bool = False
    rule: FieldRule = FieldRule()
    of: tuple[FieldCode, ...] = ()
    """For a list: the fields of each entry."""


class FieldRecord(FieldDefinition):
    """A field with its code."""

    code: FieldCode


class EvidenceTypeDefinition(Fact):
    """What an item needs or issues (材料 / 证照类型): one vocabulary for both."""

    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=200)
    holder_kind: Literal["person", "enterprise"]
    subject_field: FieldCode | None = None
    """The field naming the thing it is tied to (a premises); evidence serves only that thing."""
    identifies: FieldCode | None = None
    """The content field that carries its holder's number (营业执照: the credit code)."""
    content: tuple[FieldCode, ...] = ()
    """The fields a result of this type carries, readable by the members that rely on it."""


class EvidenceTypeRecord(EvidenceTypeDefinition):
    """An evidence type with its code."""

    code: Code


class FieldUse(Fact):
    """An item asks for a field, always or under a condition (CEL over field codes)."""

    field: FieldCode
    required: bool = True
    when: str | None = Field(None, max_length=500)
    legal_basis: str = Field("", max_length=300)


class Requirement(Fact):
    """An item needs evidence (申请材料要求)."""

    evidence: Code
    when: str | None = Field(None, max_length=500)
    source: Literal["applicant", "item", "register", "commitment", "intermediary"] = "applicant"
    whose: Literal["holder", "applicant", "anyone"] = "holder"
    """Whose evidence: the member's holder's, the applicant's, or of whoever is concerned."""
    lowest_trust: TrustLevel = "C"
    waits_for: Literal["decided", "issued"] = "issued"
    deferrable: bool = False
    legal_basis: str = Field("", max_length=300)


class ItemDefinition(Fact):
    """One service item (政务服务事项): a thing one department does on request."""

    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=300)
    department: Code
    region: str = Field(min_length=2, max_length=32)
    kind: str = Field("01", max_length=8)
    """事项类型, GB/T 39046 Annex A: 01 licence ... 20 public service."""
    accepts: Literal["automatic", "department"] = "automatic"
    legal: Duration | None = None
    promised: Duration
    visits: int = Field(0, ge=0, le=20)
    fields: tuple[FieldUse, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    issues: Code | None = None
    legal_basis: str = Field("", max_length=300)
    source_note: str = Field("", max_length=500)


class ItemRecord(ItemDefinition):
    """An item with its code."""

    code: Code
