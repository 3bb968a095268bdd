from typing import Any

from fastapi import FastAPI
from pydantic import Field, field_validator

from services import approval
from services.approval.acceptance import api as acceptance
from services.approval.acceptance import partners as acceptance_said
from services.approval.audit import api as audit
from services.approval.audit.actions import sequence
from services.approval.audit.signing import Signer
from services.approval.cards import api as cards
from services.approval.cards.reactions import handlers, issue_late, rise, settle, settle_steps
from services.approval.cards.rules import steps
from services.approval.catalogue import reactions as catalogue_heard
from services.approval.claims import api as claims
from services.approval.clock import api as clock
from services.approval.clock.rules.lengths import working_time
from services.approval.clock.timekeeping import Timekeeper
from services.approval.consultations import api as consultations
from services.approval.consultations import partners as consultations_said
from services.approval.consultations.reactions import end_unwanted
from services.approval.corrections import api as corrections
from services.approval.corrections import partners as corrections_said
from services.approval.corrections import reactions as corrections_heard
from services.approval.deadlines import actions as deadlines
from services.approval.deadlines import api as clocks
from services.approval.delivery import api as delivery
from services.approval.delivery import partners as delivery_said
from services.approval.delivery import reactions as delivery_heard
from services.approval.desk import api as desk
from services.approval.desk import partners
from services.approval.desk import reactions as desk_heard
from services.approval.desk.arrivals import Arrivals
from services.approval.desk.batches import Batches
from services.approval.desk.express import Express
from services.approval.desk.swift import Swift
from services.approval.endings import api as endings
from services.approval.endings.cascade import flag_opened
from services.approval.exhibits import reactions as exhibits_heard
from services.approval.extensions import api as extensions
from services.approval.extensions import partners as extensions_said
from services.approval.instant import api as instant
from services.approval.instant.actions import judge_opened
from services.approval.later import actions as later
from services.approval.procedures import api as procedures
from services.approval.procedures import partners as procedures_said
from services.approval.supervision import api as supervisions
from services.approval.supervision import figures
from services.approval.supervision import reactions as supervision_heard
from services.approval.supervision.opening import look
from services.approval.transfers import api as transfers
from services.approval.transfers import partners as transfers_said
from services.approval.verification import api as verification
from services.chassis.app import build
from services.chassis.database import furnish
from services.chassis.development import lead
from services.chassis.inbox import Reaction, subscriptions
from services.chassis.settings import Settings
from services.chassis.ticks import every
from services.contracts import Event

SEQUENCE_EVERY = 0.5


class ApprovalSettings(Settings):
    partners: str = ""
    """Departments with a NATS account of their own, as in the operator's file; by comma."""
    working_time: str = "09:00-17:00"
    """When desks work: what a limit in hours is counted in.  Several spells by comma."""
    yellow_share: float = Field(0.8, gt=0, lt=1)
    """How much of an approval's time is used when it turns yellow."""

    cards_rise_after: str = "2,3"
    """Working days without reaction until a card reaches the department's head, then the bureau."""

    @field_validator("cards_rise_after")
    @classmethod
    def _steps(cls, text: str) -> str:
        steps(text)
        return text

    @field_validator("working_time")
    @classmethod
    def _spells(cls, text: str) -> str:
        working_time(text)
        return text

    acr_levels: str = "0,1,2,3"
    """The issuer's names (`acr`) for identity assurance, weakest first; by comma."""
    signing_keys: str
    """Keys for the record of acts, newest first: "k2:<base64 of a 32-byte seed>,k1:…"."""

    @property
    def departments(self) -> list[str]:
        return [code.strip() for code in self.partners.split(",") if code.strip()]


ROUTERS = (
    desk.router,
    acceptance.router,
    corrections.router,
    procedures.router,
    extensions.router,
    claims.router,
    transfers.router,
    consultations.router,
    clocks.router,
    clock.router,
    audit.router,
    instant.router,
    figures.router,  # first: `coverage` is no duty's id
    supervisions.router,
    endings.router,
    verification.router,
    delivery.router,
    cards.router,
)
HEARD = (catalogue_heard, corrections_heard, delivery_heard, exhibits_heard, supervision_heard)
"""Subjects that react to what other services say, besides the desk."""
SAID = (
    acceptance_said,
    corrections_said,
    procedures_said,
    extensions_said,
    transfers_said,
    consultations_said,
    delivery_said,
)
"""Subjects of which partners speak, besides the decision."""
HANDLERS = deadlines.HANDLERS
"""What follows from each kind of deadline, besides cards."""


def merged(*each: deadlines.Handlers) -> deadlines.Handlers:
    """What follows from each kind of deadline, in this order."""
    kinds = {kind for one in each for kind in one}
    return {kind: tuple(h for one in each for h in one.get(kind, ())) for kind in kinds}


def made_up(app: FastAPI) -> dict[str, Any]:
    """What acts say of their times where the clock was moved; nothing in any real deployment."""
    ahead = lead(app.state.clock)
    return {"clock_ahead_seconds": ahead} if ahead else {}


def make(settings: ApprovalSettings | None = None) -> FastAPI:
    settings = settings or ApprovalSettings()  # the keys have no default: they are secrets
    time = Timekeeper(working_time(settings.working_time), settings.yellow_share)
    line = steps(settings.cards_rise_after)
    arrivals = Arrivals()
    heard: dict[Any, Reaction] = {
        **desk_heard.reactions(
            settings.departments, time, flag_opened(later.look_first(judge_opened)), arrivals
        )
    }
    said: dict[type[Event], partners.Said] = {**partners.SAID}
    for subject in HEARD:
        heard |= subject.reactions(settings.departments, time)
    for one in SAID:
        said |= one.said(time)
    app = build(
        "approval",
        approval.__doc__ or "",
        ROUTERS,
        [*subscriptions("approval", heard), *partners.subscriptions(settings.departments, said)],
        settings,
        background=[
            every(1, deadlines.ring(time, merged(HANDLERS, dict(later.HANDLERS), handlers(line)))),
            every(10, deadlines.reset(time)),
            every(30, issue_late(time, line)),
            every(10, rise(time, line)),
            every(5, end_unwanted(time)),
            every(5, settle),
            every(5, settle_steps),
            every(SEQUENCE_EVERY, sequence),
            every(1, look(time)),
            every(10, supervision_heard.overdue(time, line)),
        ],
        doors=[Express],
    )
    time.now = lambda: app.state.clock()
    app.state.timekeeper = time
    app.state.signer = Signer(settings.signing_keys, lambda: made_up(app))
    levels = [name.strip() for name in settings.acr_levels.split(",")]
    told = frozenset(settings.departments)
    app.state.swift = Swift(
        batches=Batches(lambda: app.state.pool),
        arrivals=arrivals,
        signer=app.state.signer,
        partners=told,
        clock=lambda: app.state.clock(),
    )
    info = {"signer": app.state.signer, "acr_levels": levels, "partners": told}
    for sessions in (app.state.sessions, app.state.listening):
        furnish(sessions, **info)
    return app
