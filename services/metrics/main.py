from fastapi import FastAPI

from services import metrics
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.metrics.api import router
from services.metrics.reactions import REACTIONS


def make(settings: Settings | None = None) -> FastAPI:
    heard = subscriptions("metrics", REACTIONS, leisurely=True)
    return build("metrics", metrics.__doc__ or "", [router], heard, settings or Settings())
