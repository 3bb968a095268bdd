"""The catalogue's vocabulary, embedded in catalog.item.published and copied by bundle."""

from typing import Literal

from pydantic import Field

from services.contracts.words import Code, Fact, FieldCode


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

    minimum: float | None = Field(None, allow_inf_nan=False)
    maximum: float | None = Field(None, allow_inf_nan=False)
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
    number_field: FieldCode | None = None
    """The content field that carries the certificate's own number."""
    content: tuple[FieldCode, ...] = ()
    """The fields a result of this type carries, readable by the members that rely on it."""


class EvidenceTypeRecord(EvidenceTypeDefinition):
    """An evidence type with its code."""

    code: Code
