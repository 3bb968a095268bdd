"""What the bureau sends to decide a retirement."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.catalog.retirement.rules import Decision, Mode
from services.contracts import Code, CommitmentText, ItemDefinition

MOST = 2_000


class DispositionBody(BaseModel):
    """安排 / What becomes of an item that needs what nobody issues any more."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    action: Literal["drop", "register", "commitment", "keep"]
    """drop 不再要求；register 改为登记库核验；commitment 改为告知承诺；keep 依法保留。"""
    register_name: str = Field("", max_length=100)
    """register：由哪个登记库核验 / Which register is looked up."""
    commitment: CommitmentText | None = None
    """commitment：申请人签署的文本 / The text that is signed."""
    kept_by: Code | None = None
    """keep：由哪个部门负责 / Which department answers for asking."""
    legal_basis: str = Field("", max_length=300)
    """keep：保留的法律依据 / By which law it is still asked."""


class RetirementBody(BaseModel):
    """事项退出 / From when on, in which of the four legal modes, by which law, and what becomes of
    those who need what the item issues."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    mode: Mode
    """cancelled 取消；filing 改备案；commitment 告知承诺；optimised 优化。"""
    effective: date
    """生效之日 / The first day, today or later (Asia/Shanghai)."""
    legal_basis: Annotated[str, Field(min_length=1, max_length=300)]
    becomes: ItemDefinition | None = None
    """filing, optimised：此后的事项 / The item from that day on.  A filing that is not described is
    the item as it stands, taken on and done at once, issuing nothing."""
    dispositions: Annotated[dict[Code, DispositionBody], Field(max_length=MOST)] = {}
    """按需要该材料的事项 / By the item that needs the evidence."""

    def decision(self) -> Decision:
        said = self.model_dump(mode="json")
        return Decision(
            self.mode, self.effective, self.legal_basis, said["becomes"], said["dispositions"]
        )
