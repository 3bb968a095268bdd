from fastapi import FastAPI

from services import metrics
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.metrics.anchors import api as anchors
from services.metrics.anchors.reactions import REACTIONS as ANCHORED
from services.metrics.indicators.api import router
from services.metrics.lived.reactions import REACTIONS as LIVED
from services.metrics.paper.reactions import REACTIONS as PAPER


def make(settings: Settings | None = None) -> FastAPI:
    heard = subscriptions("metrics", LIVED | PAPER | ANCHORED, leisurely=True)
    return build(
        "metrics", metrics.__doc__ or "", [router, anchors.router], heard, settings or Settings()
    )
