from fastapi import FastAPI

from services import approval
from services.approval.desk import partners
from services.approval.desk.api import router
from services.approval.desk.express import Express
from services.approval.desk.reactions import reactions
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings


class ApprovalSettings(Settings):
    partners: str = ""
    """Departments with a NATS account of their own, as in the operator's file; by comma."""

    @property
    def departments(self) -> list[str]:
        return [code.strip() for code in self.partners.split(",") if code.strip()]


def make(settings: ApprovalSettings | None = None) -> FastAPI:
    settings = settings or ApprovalSettings()
    heard = [
        *subscriptions("approval", reactions(settings.departments)),
        *partners.subscriptions(settings.departments),
    ]
    return build("approval", approval.__doc__ or "", [router], heard, settings, doors=[Express])
