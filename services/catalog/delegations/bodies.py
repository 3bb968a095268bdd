"""What the two levels say, as it comes over HTTP."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.catalog.delegations import rules
from services.catalog.delegations.rules import Batch, Level, Mode, Right, Terms
from services.contracts import Code

Decline = Literal[
    "people", "training", "equipment", "network", "premises", "demand", "law", "other"
]
Withdrawal = Literal[
    "returns", "overdue", "ratings", "capacity", "demand", "law", "reorganised", "other"
]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class EquipmentBody(Closed):
    """设备 / Equipment, by its code."""

    code: Code
    count: int = Field(ge=1, le=1000)


class CapacityBody(Closed):
    """承接能力 / What the point brings: people, training, equipment."""

    people: int = Field(0, ge=0, le=10_000)
    trained: int = Field(0, ge=0, le=10_000)
    """受训人数 / How many of them are trained; one at least where the point is to close."""
    training: list[Code] = Field([], max_length=50)
    """培训代码 / In what."""
    equipment: list[EquipmentBody] = Field([], max_length=50)

    def facts(self) -> rules.Capacity:
        return rules.Capacity(
            self.people,
            self.trained,
            tuple(self.training),
            tuple((one.code, one.count) for one in self.equipment),
        )


class TermsBody(Closed):
    """赋权方式 / In whose name the point acts, and in which situations."""

    mode: Mode
    situations: list[Code] = Field([], max_length=50)
    """办理情形 / None named: all of the item's."""
    legal_basis: str = Field("", max_length=300)
    """法律、法规依据 / Required where a law or regulation authorises (授权)."""

    def terms(self) -> Terms:
        return Terms(self.mode, tuple(dict.fromkeys(self.situations)), self.legal_basis)


class OffersBody(TermsBody):
    """提出赋权 / Every right over every item at every point; all of them, or none."""

    items: list[Code] = Field(min_length=1, max_length=2000)
    points: list[Code] = Field(min_length=1, max_length=500)
    rights: list[Right] = Field(min_length=1, max_length=2)
    note: str = Field("", max_length=1000)

    def batch(self) -> Batch:
        said = self.items, self.points, self.rights, self.terms()
        return Batch(Level.ABOVE, *said, note=self.note)


class RequestsBody(OffersBody):
    """申请赋权 / The same from below, with what the point brings."""

    capacity: CapacityBody

    def batch(self) -> Batch:
        said = self.items, self.points, self.rights, self.terms()
        return Batch(Level.BELOW, *said, self.capacity.facts(), self.note)


class CopiesBody(Closed):
    """照此赋权 / What one point holds is offered to others, on the same terms."""

    source: Code = Field(alias="from")
    to: list[Code] = Field(min_length=1, max_length=500)
    rights: list[Right] = Field(list(Right), min_length=1, max_length=2)


class AcceptanceBody(Closed):
    """同意 / Agreed.  The point says with what; the upper level says nothing."""

    capacity: CapacityBody | None = None


class RefusalBody(Closed):
    """不接受 / Declined, with reasons: what is missing."""

    reasons: list[Decline] = Field(min_length=1, max_length=8)
    note: str = Field("", max_length=1000)
    """说明 / For the other level only."""


class TrialBody(Closed):
    """试运行 / Until and with this day, which lies within a year."""

    until: date


class ActivationBody(Closed):
    """正式赋权 / Activating needs nothing said."""


class WideningBody(TermsBody):
    """扩大 / A stronger mode (委托, 授权, 下放) or more situations.  The point says with what."""

    capacity: CapacityBody | None = None


class WithdrawalBody(Closed):
    """收回或退回 / Taken back, or handed back, with reasons."""

    reasons: list[Withdrawal] = Field(min_length=1, max_length=8)
    note: str = Field("", max_length=1000)


class ClosingBody(Closed):
    """关闭服务点 / What becomes of the delegations it holds."""

    withdraw_delegations: bool = False
    """收回其赋权 / Left out, a point that holds any is not closed."""
