"""The HTTP face of delegations: what the two levels say to one another."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations import actions, bodies, cases, copies, offers, queries
from services.catalog.delegations.actions import Hand
from services.catalog.delegations.cases import Case
from services.catalog.delegations.moves import Moved
from services.catalog.delegations.rules import Batch, Right
from services.catalog.delegations.views import DelegationView
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Principal
from services.chassis.reading import etag
from services.chassis.ticks import Now

Upper = Annotated[Principal, Depends(Allow("officer", "bureau"))]
Lower = Annotated[Principal, Depends(Allow("clerk"))]
Level = Annotated[Principal, Depends(Allow("officer", "bureau", "clerk"))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
Match = Annotated[str, Header(alias="If-Match", description="读到的 ETag / The ETag you read.")]

router = APIRouter(tags=["catalog"])


async def _partners(request: Request) -> frozenset[str]:
    partners: frozenset[str] = request.app.state.partners
    return partners


Partners = Annotated[frozenset[str], Depends(_partners)]


async def _hand(
    item: Code,
    point: Code,
    right: Right,
    if_match: Match,
    who: Level,
    partners: Partners,
    now: Now,
) -> Hand:
    return Hand(who, item, point, right, if_match, now, partners)


Taken = Annotated[Hand, Depends(_hand)]
ONE = "/delegations/{item}/{point}/{right}"


class Begun(BaseModel):
    """已提出 / One that was begun."""

    item: str
    point: str
    right: Right
    version: int


class BegunView(BaseModel):
    """已提出的赋权 / All that was begun, in the order asked for."""

    begun: list[Begun]


class CopiedView(BegunView):
    """已照此提出 / What was begun, and what was left out: it is under way there already."""

    left_out: list[Begun]


@router.post("/delegations/offers", status_code=201, response_model=BegunView)
async def offer(
    body: bodies.OffersBody, who: Upper, once: OnceOnly, partners: Partners, now: Now
) -> Response:
    """批量赋权 / Offer rights over items at points: all of them, or none and every flaw by place.

    A department offers its own items, the bureau any.  The points' people answer.
    """
    return await _begin(once, who, body.batch(), partners, now)


@router.post("/delegations/requests", status_code=201, response_model=BegunView)
async def ask(
    body: bodies.RequestsBody, who: Lower, once: OnceOnly, partners: Partners, now: Now
) -> Response:
    """申请赋权 / Request rights from below, saying with what people, training and equipment.

    A point's people request for it, and for the villages, stations and kiosks under it.
    """
    return await _begin(once, who, body.batch(), partners, now)


@router.post("/delegations/copies", status_code=201, response_model=CopiedView)
async def copy(
    body: bodies.CopiesBody, who: Upper, once: OnceOnly, partners: Partners, now: Now
) -> Response:
    """照此赋权 / Offer to other points what one point holds today, on the terms it has.

    An offer each, for their people to answer; what is under way at a point already is left out.
    A right that the law does not allow one of them refuses the whole.
    """

    async def effect() -> CopiedView:
        asked = body.source, body.to, set(body.rights)
        done = await copies.copy(once.tx, who, *asked, partners, now)
        left_out = [_named(case, case.version) for case in done.left_out]
        return CopiedView(begun=[_begun(one) for one in done.begun], left_out=left_out)

    return await once(who.sub, effect, 201)


async def _begin(
    once: OnceOnly, who: Principal, batch: Batch, partners: Partners, now: Now
) -> Response:
    async def effect() -> BegunView:
        begun = await offers.propose(once.tx, who, batch, partners, now)
        return BegunView(begun=[_begun(one) for one in begun])

    return await once(who.sub, effect, 201)


def _begun(moved: Moved) -> Begun:
    return _named(moved.case, moved.case.version + 1)


def _named(case: Case, version: int) -> Begun:
    return Begun(item=case.item.code, point=case.point.code, right=case.right, version=version)


@router.put(ONE + "/acceptance", response_model=DelegationView)
async def accept(body: bodies.AcceptanceBody, hand: Taken, once: OnceOnly) -> Response:
    """同意 / Agree to what the other level proposed: the delegation, or its widening.

    The point says with what capacity.  Whoever proposed cannot also agree.
    """
    capacity = body.capacity.facts() if body.capacity else None
    return await _step(once, hand, lambda tx: actions.accept(tx, hand, capacity))


@router.put(ONE + "/refusal", response_model=DelegationView)
async def decline(body: bodies.RefusalBody, hand: Taken, once: OnceOnly) -> Response:
    """不接受 / Decline what the other level proposed, with reasons.

    A widening that is declined leaves the right as it was.
    """
    reasons, note = body.reasons, body.note
    return await _step(once, hand, lambda tx: actions.decline(tx, hand, reasons, note))


@router.put(ONE + "/trial", response_model=DelegationView)
async def try_out(body: bodies.TrialBody, hand: Taken, once: OnceOnly) -> Response:
    """试运行 / Try out what was agreed, until a day; or give the trial another last day.

    After that day the point has no right until the upper level decides.
    """
    return await _step(once, hand, lambda tx: actions.try_out(tx, hand, body.until))


@router.put(ONE + "/activation", response_model=DelegationView)
async def activate(body: bodies.ActivationBody, hand: Taken, once: OnceOnly) -> Response:
    """正式赋权 / End the trial well: the right holds until it is withdrawn."""
    return await _step(once, hand, lambda tx: actions.activate(tx, hand))


@router.put(ONE + "/widening", response_model=DelegationView)
async def widen(body: bodies.WideningBody, hand: Taken, once: OnceOnly) -> Response:
    """扩大 / Propose a stronger mode or more situations; it holds when the other level agrees."""
    terms, capacity = body.terms(), body.capacity.facts() if body.capacity else None
    return await _step(once, hand, lambda tx: actions.widen(tx, hand, terms, capacity))


@router.put(ONE + "/withdrawal", response_model=DelegationView)
async def withdraw(body: bodies.WithdrawalBody, hand: Taken, once: OnceOnly) -> Response:
    """收回或退回 / Take the right back, or hand it back, with reasons.

    What is only proposed is withdrawn by who proposed it; the other level declines it.
    """
    reasons, note = body.reasons, body.note
    return await _step(once, hand, lambda tx: actions.withdraw(tx, hand, reasons, note))


async def _step(
    once: OnceOnly, hand: Hand, step: Callable[[AsyncSession], Awaitable[None]]
) -> Response:
    async def effect() -> DelegationView:
        await step(once.tx)
        key = hand.item, hand.point, hand.right
        return await queries.one(once.tx, hand.who, *key, cases.day(hand.now))

    return await once(hand.who.sub, effect, headers=_etag)


def _etag(answer: DelegationView) -> dict[str, str]:
    return {"etag": etag(answer.version)}
