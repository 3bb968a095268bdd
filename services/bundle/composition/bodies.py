"""What a bundle designer sends: a bundle (一件事) as JSON."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.contracts import Code, Duration, FieldCode

Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=32)]
MATERIAL_KEY = r"^[a-z][a-z0-9-]*:[a-z][a-z0-9_-]*(\[[0-9]+\])?$"
"""`evidence:owner` in a plan, the owner a role, an entry of a list, or `anyone`."""
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class PartyBody(Closed):
    """当事人角色 / A role: the applicant, someone named, one born of it, a list's entry, or a child
    (`ward` 被监护人) for whom a guardian files.

    `proved_by`: the evidence that shows the relation to a ward; each item of theirs asks for it.
    """

    role: Role
    kind: Literal["person", "enterprise"]
    who: Literal["applicant", "named", "born", "entry", "ward"]
    list: FieldCode | None = None
    name_field: FieldCode | None = None
    number_field: FieldCode | None = None
    proved_by: Code | None = None


class QuestionBody(Closed):
    """问题 / A question binds one field; its answer feeds conditions."""

    field: FieldCode
    text: str = Field(min_length=1, max_length=200)
    text_en: str = Field("", max_length=300)


class RepeatBody(Closed):
    """一人一件 / One member per entry of `list`; `count` is the question that says how many."""

    count: FieldCode
    list: FieldCode


class MemberBody(Closed):
    """联办事项 / A member: an item, when needed, whose result it is, what its refusal does."""

    member: Code
    item: Code
    when: Condition | None = None
    holder: Role
    on_refusal: Literal["stop", "continue", "ask"] = "continue"
    repeat: RepeatBody | None = None


class EdgeBody(Closed):
    """先后 / An explicit order, beside what "issues" and "needs" already say."""

    source: Code = Field(alias="from")
    target: Code = Field(alias="to")
    state: Literal["decided", "issued"] = "decided"


Number = Annotated[float, Field(ge=-(2**53), le=2**53, allow_inf_nan=False)]
Threshold = bool | Annotated[int, Field(ge=-(2**53), le=2**53)] | Number | ShortText


class BundleBody(Closed):
    """一件事 / A bundle: questions, member items with conditions, edges, refusal policy.

    `thresholds` are named values that the members' conditions use (`area >= fire_from`); one with
    the name of an item's own threshold holds instead of it.
    """

    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=200)
    region: str = Field(min_length=2, max_length=32)
    lead_department: Code
    audience: Literal["person", "enterprise"]
    source_note: str = Field("", max_length=500)
    parties: list[PartyBody] = Field(min_length=1, max_length=20)
    holder: Role
    questions: list[QuestionBody] = Field(default=[], max_length=50)
    members: list[MemberBody] = Field(min_length=1, max_length=60)
    edges: list[EdgeBody] = Field(default=[], max_length=200)
    promised: Duration | None = None
    thresholds: dict[FieldCode, Threshold] = Field(default={}, max_length=50)


class SuspensionBody(Closed):
    """暂停受理 / Why nobody can apply for now; shown to whoever looks for the bundle."""

    reason: str = Field(min_length=1, max_length=500)


class CopyBody(Closed):
    """复制到另一地区 / The new code and region; items and thresholds that are others there."""

    code: Code
    region: str = Field(min_length=2, max_length=32)
    name: str | None = Field(None, min_length=1, max_length=100)
    name_en: str | None = Field(None, max_length=200)
    lead_department: Code | None = None
    source_note: str | None = Field(None, max_length=500)
    items: dict[Code, Code] = Field(default={}, max_length=60)
    thresholds: dict[FieldCode, Threshold] = Field(default={}, max_length=50)
