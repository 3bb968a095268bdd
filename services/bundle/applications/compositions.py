"""The HTTP face of composition for applicants: questions that guide, and the plan they lead to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from services.bundle.applications import filing, shapes
from services.bundle.applications.bodies import CompositionBody, LaterBody
from services.bundle.applications.filing import Wish
from services.bundle.applications.later import Earlier
from services.bundle.applications.shapes import Shown
from services.bundle.composition.shelf import Shelved
from services.bundle.parties.actions import Claim
from services.bundle.parties.sealing import Seals
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.ticks import Now

Applicant = Annotated[Principal, Depends(Allow("citizen", "clerk"))]
BundleCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]

router = APIRouter(tags=["bundle"])


class QuestionView(BaseModel):
    """一个问题 / What is asked, what would be an answer, and which items hang on it."""

    field: str
    name: str
    name_en: str
    text: str
    text_en: str
    type: str
    rule: Annotated[dict[str, Any], Shown(shapes.FieldRule)]
    decides: Annotated[list[dict[str, Any]], Shown(list[shapes.Decided])]


class QuestionsView(BaseModel):
    """情形引导 / Not enough is answered for a plan: the `next` question, and all that can still
    change it (`open`).  What is `not_needed` makes no difference any more."""

    bundle: str
    version: int
    name: str
    region: str
    answers: dict[str, Any]
    next: QuestionView
    open: list[QuestionView]
    not_needed: list[str]


class PlanView(BaseModel):
    """套餐方案 / What the bundle becomes for you: who approves, what to fill in and hand in and
    why, what is not asked and why not, what you may sign instead, what is open already, in which
    order, by when.  File with its `digest`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    bundle: str
    version: int
    name: str
    region: str
    answers: dict[str, Any]
    holder_role: str
    members: Annotated[list[dict[str, Any]], Shown(list[shapes.PlannedMember])]
    left_out: Annotated[list[dict[str, Any]], Shown(list[shapes.LeftOut])]
    already_open: Annotated[list[dict[str, Any]], Shown(list[shapes.AlreadyOpen])]
    """在办 / Filed before and not decided: not filed again."""
    held_back: Annotated[list[dict[str, Any]], Shown(list[shapes.HeldBack])]
    """待前项办结 / Need what an open filing will issue: file them when it is there."""
    form: Annotated[list[dict[str, Any]], Shown(list[shapes.FormField])]
    materials: Annotated[list[dict[str, Any]], Shown(list[shapes.PlannedMaterial])]
    not_asked: Annotated[list[dict[str, Any]], Shown(list[shapes.NotAsked])]
    commitments: Annotated[list[dict[str, Any]], Shown(list[shapes.OfferedCommitment])]
    promise: Annotated[dict[str, Any], Shown(shapes.PlanPromise)]
    published_promise: Annotated[dict[str, Any] | None, Shown(shapes.Length | None)]
    before: Annotated[dict[str, Any], Shown(shapes.Alone)]
    after: Annotated[dict[str, Any], Shown(shapes.Together)]
    digest: str


class LaterPlanView(PlanView):
    """证后业务方案 / The same for a renewal, a change or a replacement of a result."""

    replaces: Annotated[dict[str, Any], Shown(shapes.Earlier)]
    """The result's number, and the kind."""


@router.post("/bundles/{code}/compositions")
async def compose(
    code: BundleCode,
    body: CompositionBody,
    who: Applicant,
    tx: Tx,
    shelf: Shelved,
    sealer: Seals,
    now: Now,
) -> PlanView | QuestionsView:
    """问答得方案 / Answer the questions, get the plan.  Nothing is stored.

    With answers missing that can still change the plan, the next question; others are not asked.
    """
    chosen = tuple((one.item, one.code) for one in body.commitments)
    wish = Wish(code, body.answers, body.holder.claim(), chosen)
    found = await filing.consider(tx, who, wish, shelf, sealer, now)
    return PlanView(**found) if "digest" in found else QuestionsView(**found)


@router.post("/wallet/results/{number}/compositions")
async def compose_later(
    number: Annotated[str, Path(pattern=r"^[0-9A-Z-]+$", max_length=40)],
    body: LaterBody,
    who: Applicant,
    tx: Tx,
    shelf: Shelved,
    sealer: Seals,
    now: Now,
) -> LaterPlanView | QuestionsView:
    """延续、变更、补证得方案 / What it takes to renew, change or replace a result of yours.

    As for a bundle: questions first, then the plan; file it at `applications` with `replaces`.
    An agent names a mandate that covers the bundle under which the result was first issued.
    """
    chosen = tuple((one.item, one.code) for one in body.commitments)
    agency = Claim(mandate=body.holder.mandate)
    wish = Wish(body.kind, body.answers, agency, chosen, Earlier(number, body.kind))
    found = await filing.consider(tx, who, wish, shelf, sealer, now)
    return LaterPlanView(**found) if "digest" in found else QuestionsView(**found)
