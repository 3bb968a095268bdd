"""What a plan consists of, as the reference tells it.

A plan is composed as plain JSON (its digest is over that), so these shapes check nothing when it
is answered: `Shown` only describes.  A test holds composed plans against them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic import TypeAdapter as Adapter
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, slots=True)
class Shown:
    """Annotates a value that is taken as it is and described as something more exact."""

    shape: Any

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(Adapter(self.shape).core_schema)


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Length(Shape):
    """时长 / How long."""

    value: int
    unit: Literal["working_day", "natural_day", "hour"]


class Choice(Shape):
    """选项 / One of the values that a field may have."""

    value: str
    name: str
    name_en: str


class FieldRule(Shape):
    """填写规则 / What a value must satisfy; null or empty: nothing of the kind."""

    minimum: float | None
    maximum: float | None
    max_length: int | None
    patterns: list[str]
    options: list[Choice]


class Reason(Shape):
    """为什么要 / A member that wants it: by which item, on what basis, because of which answers."""

    member: str
    item: str
    name: str
    legal_basis: str
    condition: str | None = Field(description="条件（CEL），无条件则为空。 The condition, in CEL.")
    answers: dict[str, Any] = Field(
        description="条件所依据的回答和阈值。 The answers and thresholds that the condition reads."
    )


class MaterialReason(Reason):
    """为什么要这份材料 / The same for a material: what this one member would take."""

    source: str
    lowest_trust: Literal["A", "B", "C", "D"]
    deferrable: bool
    kept_by: str | None = Field(description="哪个部门决定保留。 Who decided to keep asking for it.")


class EntryField(Shape):
    """名单中每一项的字段 / One field of each entry of a list."""

    field: str
    name: str
    name_en: str
    type: str = Field(description="如 text、number、choice、id_number。 Such as text or choice.")
    rule: FieldRule
    required: bool
    personal: bool = Field(description="是否个人信息。 Whether it is personal data.")


class FormField(EntryField):
    """表单字段 / One field of the one form.  File it under `form`, by its code."""

    entry: list[EntryField] | None = Field(
        description="名单的每一项。 Of a list: what each entry has."
    )
    entries: int | None = Field(description="名单应有几项。 Of a list: how many it must have.")
    why: list[Reason]


class Window(Shape):
    """核对原件的窗口 / Where the original is looked at."""

    member: str
    department: str
    place: str
    hours: str
    phone: str


class PlannedMaterial(Shape):
    """材料 / One document, asked once.  File its uploads under `materials`, by its key."""

    key: str = Field(description="`材料类型:持有人`。 `evidence:owner`.")
    evidence: str
    name: str
    name_en: str
    owner: str = Field(description="谁的材料，见 parties 的角色。 Whose it is, by role.")
    kind: Literal["evidence", "commitment"] = Field(
        description="commitment：以告知承诺代替，不上传。 A commitment is named and has no upload."
    )
    lowest_trust: Literal["A", "B", "C", "D"]
    deferrable: bool
    deferral: Length | None
    original: list[Window]
    why: list[MaterialReason]
    may_come_until: date | None = Field(
        None,
        description="容缺后补的最后一天；可后补而为空者，须在决定前补齐。 The last day to bring it "
        "later; null for what is deferrable: before the decision.",
    )


class NotAsked(Shape):
    """不用交 / What nobody asks you for, and why."""

    evidence: str
    name: str
    name_en: str
    owner: str
    why: str = Field(description="如 issued、held、register、commitment。 Such as issued or held.")
    by: str | None = Field(description="由哪个联办事项颁发。 The member that issues it.")
    register_: str | None = Field(alias="register", description="所核验的登记系统。 The register.")
    for_: list[str] = Field(
        alias="for", description="哪些联办事项需要它。 The members that need it."
    )


class Awaited(Shape):
    """前后关系 / Whom a member waits for, and to be in which state."""

    member: str
    state: Literal["decided", "issued"]
    evidence: str | None
    why: str


class SituationOf(Shape):
    """办理情形 / A situation of the item that the answers make."""

    code: str
    name: str


class PlannedMember(Shape):
    """联办事项 / One member: who decides it, for whom, in what time, after whom."""

    member: str
    item: str
    item_version: int
    name: str
    name_en: str
    department: str
    holder: str = Field(description="持证人的角色。 The role of whoever holds the result.")
    entry: int | None = Field(description="名单的第几项。 Which entry of the list it is for.")
    list_: str | None = Field(alias="list", description="哪个名单。 The list's field.")
    promise: Length
    clock: dict[str, Any] = Field(description="法定时限等。 The legal time and what may change it.")
    power: dict[str, Any] = Field(description="权力来源。 By what power it is decided.")
    instant: dict[str, Any] | None = Field(
        description="可秒批时的规则。 The rule, if there is one."
    )
    accepts: Literal["automatic", "window", "department"]
    issues: str | None
    situations: list[SituationOf]
    on_refusal: Literal["stop", "continue", "ask"] = Field(
        description="不予批准时其余怎样。 What becomes of the others when this one is refused."
    )
    waits_for: list[Awaited]


class LeftOut(Shape):
    """不需要 / A member that the answers left out, and by which condition."""

    member: str
    item: str
    name: str
    condition: str | None
    answers: dict[str, Any]
    retired: dict[str, Any] | None = Field(None, description="该事项已退出。 Its item was retired.")


class Named(Shape):
    member: str
    item: str
    name: str
    name_en: str
    department: str


class AlreadyOpen(Named):
    """在办 / A member that is filed already: in which application, under which name."""

    application: str
    open_member: str


class HeldBack(Named):
    """待前项办结 / A member that needs what an open filing will issue."""

    waits_for: list[str]


class Replaced(Shape):
    """承诺所代替的 / A material that a commitment stands for."""

    member: str
    material: str


class OfferedCommitment(Shape):
    """告知承诺 / A text that may be signed instead of bringing something.  Always voluntary."""

    item: str
    item_name: str
    code: str
    version: int
    text: str
    text_en: str
    digest: str
    fulfil_within: Length | None
    chosen: bool
    for_: list[str] = Field(
        alias="for", description="哪些联办事项接受它。 The members that take it."
    )
    replaces: list[Replaced]


class PlanPromise(Shape):
    """承诺 / The critical path: in working hours, in working days, over which members."""

    working_hours: int
    working_days: int
    path: list[str]


class Alone(Shape):
    """逐件办理 / What it would take to file each member alone."""

    members: int
    visits: int
    materials: int
    fields: int
    working_days: int


class Together(Shape):
    """一次办理 / What it takes as one."""

    visits: int
    materials: int
    fields: int
    working_days: int


class Decided(Shape):
    """所影响的事项 / An item that hangs on the answer."""

    item: str
    name: str
    name_en: str


class Earlier(Shape):
    """所涉证照 / The result that it is about, and what is asked of it."""

    number: str
    kind: Literal["renewal", "change", "replacement"]
