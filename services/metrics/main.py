from services import metrics
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.metrics.api import router
from services.metrics.reactions import REACTIONS

app = build(
    "metrics",
    metrics.__doc__ or "",
    [router],
    subscriptions("metrics", REACTIONS),
    Settings(),
)
