from fastapi import FastAPI
from pydantic import Field

from services import approval
from services.approval.clock import api as clock
from services.approval.clock.rules.lengths import working_time
from services.approval.clock.timekeeping import Timekeeper
from services.approval.deadlines import actions as deadlines
from services.approval.deadlines import api as clocks
from services.approval.desk import api as desk
from services.approval.desk import partners
from services.approval.desk.express import Express
from services.approval.desk.reactions import reactions
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.chassis.ticks import every


class ApprovalSettings(Settings):
    partners: str = ""
    """Departments with a NATS account of their own, as in the operator's file; by comma."""
    working_time: str = "09:00-17:00"
    """When desks work: what a limit in hours is counted in.  Several spells by comma."""
    yellow_share: float = Field(0.8, gt=0, lt=1)
    """How much of an approval's time is used when it turns yellow."""

    @property
    def departments(self) -> list[str]:
        return [code.strip() for code in self.partners.split(",") if code.strip()]


ROUTERS = (desk.router, clocks.router, clock.router)
HANDLERS = deadlines.HANDLERS
"""What follows from each kind of deadline."""


def make(settings: ApprovalSettings | None = None) -> FastAPI:
    settings = settings or ApprovalSettings()
    time = Timekeeper(working_time(settings.working_time), settings.yellow_share)
    heard = [
        *subscriptions("approval", reactions(settings.departments, time)),
        *partners.subscriptions(settings.departments, time),
    ]
    app = build(
        "approval",
        approval.__doc__ or "",
        ROUTERS,
        heard,
        settings,
        background=[every(1, deadlines.ring(time, HANDLERS)), every(10, deadlines.reset(time))],
        doors=[Express],
    )
    time.now = lambda: app.state.clock()
    app.state.timekeeper = time
    return app
