from fastapi import FastAPI

from services import bundle
from services.bundle.applications import api as applications
from services.bundle.applications import compositions, noticeboard
from services.bundle.applications.express import Express
from services.bundle.applications.live import Watch
from services.bundle.applications.reactions import REACTIONS as HEARD_FROM_APPROVAL
from services.bundle.applications.swift import Swift
from services.bundle.certificates import api as certificates
from services.bundle.certificates.seals import NoSealService
from services.bundle.composition import api as composition
from services.bundle.composition import life
from services.bundle.composition.reactions import REACTIONS as HEARD_FROM_CATALOG
from services.bundle.composition.shelf import Shelf
from services.bundle.corrections import api as corrections
from services.bundle.dossiers import api as dossiers
from services.bundle.dossiers.reactions import REACTIONS as HEARD_OF_CONSULTATIONS
from services.bundle.expiries.actions import tell_expiries
from services.bundle.inspections import api as inspections
from services.bundle.inspections.reactions import REACTIONS as HEARD_OF_SUPERVISION
from services.bundle.parties import api as parties
from services.bundle.parties.sealing import Sealer
from services.bundle.points.reactions import REACTIONS as HEARD_OF_POINTS
from services.bundle.reminders.actions import remind
from services.bundle.retirements import api as retirements
from services.bundle.retirements.actions import carry_out
from services.bundle.wallet import api as wallet
from services.bundle.wallet.uploads import Files, sweep
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.chassis.ticks import every


class BundleSettings(Settings):
    sealing_keys: str
    """Keys for personal data, newest first: "k2:<base64 of 32 bytes>,k1:…"."""
    index_key: str
    """Key of the blind index; changing it means indexing anew."""
    uploads_url: str = "file:///var/lib/onevisit/uploads"
    public_url: str = "http://127.0.0.1:8000"
    """Where the gateway is reached by the public: certificates' QR codes lead there."""


HEARD = {
    **HEARD_FROM_CATALOG,
    **HEARD_OF_POINTS,
    **HEARD_FROM_APPROVAL,
    **HEARD_OF_CONSULTATIONS,
    **HEARD_OF_SUPERVISION,
}


async def watch(app: FastAPI) -> None:
    await app.state.watch.run(app)


ROUTERS = (
    composition.router,
    life.router,
    compositions.router,
    applications.router,
    wallet.router,
    corrections.router,
    dossiers.router,
    certificates.router,
    inspections.router,
    noticeboard.router,
    parties.router,
    retirements.router,
)


def make(settings: BundleSettings | None = None) -> FastAPI:
    settings = settings or BundleSettings()  # the keys have no default: they are secrets
    app = build(
        "bundle",
        bundle.__doc__ or "",
        ROUTERS,
        subscriptions("bundle", HEARD),
        settings,
        background=[
            sweep,
            watch,
            every(1.0, carry_out),
            every(60.0, tell_expiries),
            every(60.0, remind),
        ],
        doors=[Express],
    )
    app.state.sealer = Sealer(settings.sealing_keys, settings.index_key)
    app.state.shelf = Shelf(lambda: app.state.clock())
    app.state.files = Files(settings.uploads_url)
    app.state.swift = Swift(
        pool=lambda: app.state.pool,
        shelf=app.state.shelf,
        sealer=app.state.sealer,
        clock=lambda: app.state.clock(),
    )
    app.state.watch = Watch()
    app.state.seals = NoSealService()
    return app
