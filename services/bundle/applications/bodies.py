"""What applicants send: answers, a filing, and what comes later."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.bundle.composition.bodies import Closed
from services.bundle.parties.actions import Claim
from services.contracts import Code, Digest, FieldCode, FilingKind

Answer = bool | int | float | Annotated[str, StringConstraints(max_length=1000)]
Value = bool | int | float | Annotated[str, StringConstraints(max_length=4000)] | None
Entry = dict[FieldCode, Value]
MaterialKey = Annotated[str, StringConstraints(max_length=120)]
ResultNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]+$", max_length=40)]
Uploads = Annotated[list[UUID], Field(max_length=20)]


class HolderBody(Closed):
    """为谁办 / For whom: nothing for yourself; an enterprise's number with its legal-person login;
    a mandate for a principal, also for what is asked of a result of theirs; a party that was born
    of an earlier application of yours, or a child you named in one.  A child you name for the
    first time is named in the form alone."""

    number: str | None = Field(None, max_length=32)
    mandate: UUID | None = None
    party: UUID | None = None

    def claim(self) -> Claim:
        return Claim(self.number, self.mandate, self.party)


class CommitmentChoice(Closed):
    """选择告知承诺 / A commitment you would rather sign than bring the evidence.  Voluntary."""

    item: Code
    code: Code


class SignedCommitment(CommitmentChoice):
    """签署承诺书 / The text you signed: its version and digest, as the plan shows them."""

    version: int = Field(ge=1)
    digest: Digest


class CompositionBody(Closed):
    """情形 / Your answers to the bundle's questions, as far as you have given them."""

    answers: dict[FieldCode, Answer] = {}
    holder: HolderBody = HolderBody()
    commitments: list[CommitmentChoice] = Field(default=[], max_length=50)


class EarlierBody(Closed):
    """所涉证照 / The result, by its receipt number, and what you ask: 延续, 变更 or 补证."""

    number: ResultNumber
    kind: FilingKind


class AgencyBody(Closed):
    """代办 / Nothing for your own; an agent's mandate for its principal's."""

    mandate: UUID | None = None


class LaterBody(Closed):
    """证后业务 / What you ask of the result, and your answers as far as you have given them."""

    kind: FilingKind
    holder: AgencyBody = AgencyBody()
    answers: dict[FieldCode, Answer] = {}
    commitments: list[CommitmentChoice] = Field(default=[], max_length=50)


class FilingBody(Closed):
    """申报 / The plan you agreed to (its digest), the form, each document once, and the
    commitments you signed.  `point`: the service point at which you want it handled (就近办).

    Of a `bundle`; or, instead, of a result that you hold and that this `replaces`.
    """

    bundle: Code | None = None
    replaces: EarlierBody | None = None
    plan: Digest
    answers: dict[FieldCode, Answer] = {}
    holder: HolderBody = HolderBody()
    form: dict[FieldCode, Value | list[Entry]]
    materials: dict[MaterialKey, Uploads] = {}
    commitments: list[SignedCommitment] = Field(default=[], max_length=50)
    point: Code | None = None
