"""The item record (实施清单): what one department does on request, and all that is said of it.

Element names follow GB/T 39554.2 and the national exchange schema; where those hold a numeric code,
a word stands here, and catalog's crosswalks translate.  What a record does not say has a default.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from services.contracts.records import Duration
from services.contracts.words import Code, Fact, FieldCode, TrustLevel

Level = Literal["national", "province", "city", "county", "township", "village", "graded"]
Audience = Literal["person", "enterprise"]


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
    """容缺: the filing may be accepted without it."""
    deferral: Duration | None = None
    """Where deferrable: how long after the filing it may come."""
    commitment: Code | None = None
    """The item's commitment that the applicant may sign instead; always voluntary."""
    register_name: str = Field("", max_length=100)
    """Where the source is a register: which one answers."""
    issued_by: str = Field("", max_length=100)
    """出具机构, where no item of the catalogue issues it."""
    kept_by: Code | None = None
    """The department that answers for still asking although its producer has been retired."""
    kind: Literal["certificate", "form", "other"] = "other"
    """材料类型: 证件证书证明, 申请表格文书, 其他."""
    form: Literal["electronic", "paper", "either"] = "electronic"
    copies: int = Field(1, ge=0, le=99)
    sample: str = Field("", max_length=300)
    blank: str = Field("", max_length=300)
    """空白表格: where the empty form is found."""
    instructions: str = Field("", max_length=1000)
    acceptance: str = Field("", max_length=1000)
    """受理标准."""
    issuing_time: str = Field("", max_length=300)
    """出具时间要求: how recent it must be."""
    obtained_at: str = Field("", max_length=300)
    """材料办理地点: where one gets it."""
    legal_basis: str = Field("", max_length=300)


class SourceCode(Fact):
    """The item's code in another system: an opaque string, its form checked per system."""

    system: Code
    """`catalog-code` 基本编码, `task-code` 实施编码, `handling-item` 业务办理项编码, `local`."""
    value: str = Field(min_length=1, max_length=64)


class Fee(Fact):
    """收费项目."""

    name: str = Field(min_length=1, max_length=100)
    standard: str = Field("", max_length=300)
    legal_basis: str = Field("", max_length=300)
    reducible: bool = False
    reduction_basis: str = Field("", max_length=300)


ProcedureKind = Literal[
    "hearing",
    "tender",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert_review",
    "other",
]


class SpecialProcedure(Fact):
    """特别程序: a step whose time is not counted (行政许可法 art. 45)."""

    kind: ProcedureKind
    name: str = Field("", max_length=100)
    longest: Duration | None = None
    legal_basis: str = Field("", max_length=300)


class Situation(Fact):
    """办理情形: a way of handling the item, chosen by a condition over the answers."""

    code: Code
    name: str = Field(min_length=1, max_length=100)
    when: str | None = Field(None, max_length=500)


class Threshold(Fact):
    """门槛: a number of the item's region that its conditions use by name.

    A bundle that has a threshold of this name says another: places differ in numbers.
    """

    name: FieldCode
    value: float = Field(allow_inf_nan=False)


class CommitmentText(Fact):
    """告知承诺书: what the applicant signs.  Another text is another version."""

    code: Code
    version: int = Field(1, ge=1)
    text: str = Field(min_length=1, max_length=4000)
    text_en: str = Field("", max_length=8000)
    fulfil_within: Duration | None = None


class InstantRule(Fact):
    """秒批: granted by rule at filing; the ordinary path stays open beside it."""

    rule: str = Field(min_length=1, max_length=500)
    """CEL over field codes that are not personal."""
    acr: str = Field("", max_length=64)
    """The lowest identity assurance (OIDC `acr`) that may use it."""
    commitment: Code | None = None
    number_prefix: str = Field("", max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")
    """Begins the certificate's own number, which is drawn when the rule grants."""


class DutyPlan(Fact):
    """A supervision duty that every grant of the item opens."""

    kind: Literal["verify_commitment", "inspect", "random_check"]
    within: Duration
    after: Literal["grant", "verify_commitment"] = "grant"
    share: float = Field(1.0, gt=0, le=1, allow_inf_nan=False)
    """Of random checks: how many of all grants are drawn."""


FilingKind = Literal["renewal", "change", "replacement"]
"""延续, 变更, 补证."""


class LaterFiling(Fact):
    """What may be asked of a result that the item issued (延续, 变更, 补证), and what that takes.

    It asks a part of what the item asks; the earlier result is named, never handed in.
    """

    kind: FilingKind
    fields: tuple[FieldCode, ...] = Field((), max_length=300)
    evidence: tuple[Code, ...] = Field((), max_length=100)
    promised: Duration | None = None
    """Without one, as for a first filing."""
    days_before: int | None = Field(None, ge=0, le=365)
    """Of a renewal: how many days before the end it is asked for at the latest; else 30."""
    deemed_consent: str = Field("", max_length=300)
    """Of a renewal: the law by which silence until the end renews.  The licensing law does so for
    every licence; others have to name one."""
    legal_basis: str = Field("", max_length=300)


class Validity(Fact):
    """How long a result is valid; an item without one issues results that do not expire."""

    value: int = Field(ge=1, le=1200)
    unit: Literal["day", "month", "year"] = "year"


class Remedy(Fact):
    """A way to appeal against a refusal (救济途径)."""

    kind: Literal["review", "lawsuit"]
    """行政复议, 行政诉讼."""
    within: int = Field(ge=1, le=1000)
    unit: Literal["day", "month"] = "day"
    """From the day on which the refusal is known."""
    where: str = Field("", max_length=200)
    """Which authority or court takes it."""


class ItemDefinition(Fact):
    """One service item (政务服务事项): a thing one department does on request."""

    name: str = Field(min_length=1, max_length=200)
    name_en: str = Field("", max_length=300)
    department: Code
    region: str = Field(min_length=2, max_length=32)
    codes: tuple[SourceCode, ...] = Field((), max_length=20)
    kind: str = Field("01", max_length=8)
    """事项类型, GB/T 39046 Annex A: 01 licence ... 20 public service."""
    audience: tuple[Audience, ...] = ("person", "enterprise")
    topics: tuple[str, ...] = Field((), max_length=20)

    level: Level = "county"
    """行使层级."""
    organ: Literal["statutory", "authorised", "entrusted"] = "statutory"
    """实施主体性质: 法定机关, 授权组织, 受委托组织."""
    power_source: Literal[
        "own", "handed_down", "authorised", "authorised_peer", "entrusted", "entrusted_peer"
    ] = "own"
    """权力来源: the legal mode in which the department acts (本级, 下放, 授权, 委托)."""
    entrusted_by: Code | None = None
    accepts: Literal["automatic", "window", "department"] = "automatic"
    four_eyes: bool = False
    """One officer proposes the decision and another one makes it."""
    issued_by: Code | None = None
    """The department that issues the result, where it is another one than decides."""
    regulator: Code | None = None
    """The department that supervises what was granted."""
    joint_with: tuple[Code, ...] = Field((), max_length=20)
    """联办机构: the departments that handle it together with this one."""
    joint_order: str = Field("", max_length=300)
    """The order for joint handling; without one, 45 + 15 days cannot be claimed."""
    deemed_consent: str = Field("", max_length=300)
    """The law that makes silence consent; without one, silence is nothing."""

    legal: Duration | None = None
    legal_explanation: str = Field("", max_length=300)
    extension: Duration | None = None
    promised: Duration
    promise_explanation: str = Field("", max_length=300)
    special_procedures: tuple[SpecialProcedure, ...] = Field((), max_length=20)
    handling: Literal["instant", "promise", "forward", "joint", "first_review", "other"] = "promise"
    """办件类型."""
    instant: InstantRule | None = None
    commitments: tuple[CommitmentText, ...] = Field((), max_length=20)
    supervision: tuple[DutyPlan, ...] = Field((), max_length=10)

    online_depth: int = Field(1, ge=1, le=4)
    """网上办理深度: 1 information, 2 pre-check, 3 acceptance online, 4 all online."""
    online_suitable: bool = True
    """False: 不适宜网办, by a listed reason."""
    visits: int = Field(0, ge=0, le=20)
    """到办事现场次数."""
    visits_reason: str = Field("", max_length=300)
    channels: tuple[Literal["window", "pc", "mobile", "post", "kiosk", "other"], ...] = ("window",)
    scope: Literal["none", "county", "city", "province", "across_provinces", "national"] = "none"
    """通办范围."""
    at_hall: bool = False
    """进驻大厅."""
    comprehensive_window: bool = False
    """综合窗口受理."""
    bookable: bool = False
    """可预约."""
    delivered: bool = False
    """结果可快递送达."""
    paid_online: bool = False
    """可网上支付."""
    place: str = Field("", max_length=300)
    hours: str = Field("", max_length=300)
    phone: str = Field("", max_length=100)
    complaints: str = Field("", max_length=100)
    conditions: str = Field("", max_length=2000)
    """受理条件."""
    process: str = Field("", max_length=2000)
    """办理流程."""
    quota: str = Field("", max_length=300)
    """数量限制."""
    intermediary: str = Field("", max_length=300)
    """中介服务: which service of an intermediary it takes, and by what law."""
    fees: tuple[Fee, ...] = Field((), max_length=20)
    situations: tuple[Situation, ...] = Field((), max_length=50)
    thresholds: tuple[Threshold, ...] = Field((), max_length=20)

    fields: tuple[FieldUse, ...] = Field((), max_length=300)
    requirements: tuple[Requirement, ...] = Field((), max_length=100)
    issues: Code | None = None
    validity: Validity | None = None
    issues_with_gaps: bool = False
    """容缺办结: a grant issues its result although a material left for later has not come."""
    later_filings: tuple[LaterFiling, ...] = Field((), max_length=3)
    remedies: tuple[Remedy, ...] = Field((), max_length=4)
    """Without any, those of the general laws: 行政复议 within 60 days, 行政诉讼 within 6 months."""
    result_sample: str = Field("", max_length=300)
    """审批结果样本."""
    legal_basis: str = Field("", max_length=300)
    source_note: str = Field("", max_length=500)
    generated: bool = False
    """Made by a generator to fill a catalogue, not by hand from a source."""


class ItemRecord(ItemDefinition):
    """An item with its code, and the day from which this version is in force."""

    code: Code
    in_force_from: date | None = None
