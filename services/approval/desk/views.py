"""How approvals and results are shown."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.approval.catalogue.rules import Mode
from services.approval.desk.rules import Acceptor, Accepts, Filing, State
from services.contracts import Duration


class ResultView(BaseModel):
    """办理结果 / What a grant issued.  `number` is our receipt; `issuer_number` is its own."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    approval: UUID
    evidence: str
    department: str
    issuer_number: str
    digest: str
    valid_from: date
    valid_until: date | None
    issued_at: datetime
    ended_as: str | None = Field(None, description="撤回、撤销、吊销、注销 / What ended it.")
    ended_at: datetime | None = None
    replaced_by: str | None = Field(None, description="替代它的结果 / What replaced it.")
    replaced_as: Filing | None = None
    replaced_from: date | None = None


class DeferredView(BaseModel):
    """容缺材料 / A material still to come; without a day, before the grant."""

    evidence: str
    until: date | None


class ApprovalView(BaseModel):
    """审批任务 / One authority's answer to one member.  Read its dossier at `dossiers/{id}`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    application: UUID
    bundle: str
    member: str
    item: str
    item_version: int
    item_name: str
    department: str
    region: str
    point: str | None = Field(description="申请人选定的服务点 / Where it is wanted handled.")
    promise: Duration
    legal: Duration | None
    issues: str | None
    acr: str
    relies_on: list[str]
    filing: Filing = Field(description="首次、延续、变更或补证 / First, or of an earlier result.")
    replaces: str | None = Field(description="所涉原证照 / The earlier result's number.")
    accepts: Accepts = Field(description="由谁受理 / Who takes it on.")
    deferred: list[DeferredView] = Field(description="容缺材料 / Materials still to come.")
    claimed_by: str | None = Field(description="领办人 / Who works on it.")
    state: State
    reason_code: str | None
    refer_to: str | None
    explanation: str | None
    receipt: str = Field(description="接件凭证号 / The number on the applicant's receipt.")
    opened_at: datetime
    four_eyes: bool = Field(description="须两人办理 / It takes two officers.")
    accepted_at: datetime | None
    acceptor: Acceptor | None
    decided_at: datetime | None
    decided_by: str | None
    decided_point: str | None = Field(description="作出决定的服务点 / Which point decided it.")
    decided_mode: Mode | None = Field(description="委托、授权、下放 / In whose name.")
    issued_at: datetime | None
    delivered_at: datetime | None
    version: int = Field(description="版本，即 ETag / Its ETag.")


class SparedView(BaseModel):
    """不再索要的材料 / Evidence that is no longer asked: the item that issued it was retired."""

    model_config = ConfigDict(from_attributes=True)

    evidence: str
    retired: str
    instead: Literal["nothing", "register"]
    register_name: str


class FlagView(BaseModel):
    """所依据的结果已终止 / A result that the approval relied on has ended, when, and how."""

    model_config = ConfigDict(from_attributes=True)

    result: str
    ended_as: str
    ended_at: datetime
    flagged_at: datetime
    state: State


class ListedApprovalView(ApprovalView):
    """审批任务及其警示 / An approval with the results it relied on that have ended."""

    flags: list[FlagView] = []


class WholeApprovalView(ListedApprovalView):
    """审批任务及其减免 / An approval with what must not be asked of its applicant any more."""

    spared: list[SparedView] = []
