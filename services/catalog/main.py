import asyncio

from fastapi import FastAPI

from services import catalog
from services.catalog.counts.api import router as counts
from services.catalog.crosswalks.api import router as crosswalks
from services.catalog.delegations.api import router as delegations
from services.catalog.delegations.closing import router as closing
from services.catalog.delegations.reactions import REACTIONS as MEASURED
from services.catalog.delegations.reading import router as delegated
from services.catalog.imports.api import router as imports
from services.catalog.lint.api import router as lint
from services.catalog.points.api import router as points
from services.catalog.records.api import router as records
from services.catalog.records.indexing import catch_up
from services.catalog.records.publishing import come_into_force
from services.catalog.retirement.api import router as retirement
from services.catalog.retirement.reactions import REACTIONS
from services.catalog.search.api import router as search
from services.catalog.versions.api import router as versions
from services.chassis.app import build
from services.chassis.inbox import subscriptions
from services.chassis.settings import Settings
from services.chassis.ticks import every


class CatalogSettings(Settings):
    partners: str = ""
    """Departments with a NATS account of their own, as in the operator's file; by comma."""

    @property
    def departments(self) -> frozenset[str]:
        return frozenset(code.strip() for code in self.partners.split(",") if code.strip())


def make(settings: CatalogSettings | None = None) -> FastAPI:
    settings = settings or CatalogSettings()
    # Before `/items/{code}`, which would take `/items/export.xlsx` and `/items/counts` for itself.
    routers = [imports, counts, search, records, versions, retirement, lint, points]
    routers += [delegated, delegations, closing, crosswalks]
    background = [catch_up, every(20, come_into_force)]
    heard = subscriptions("catalog", {**REACTIONS, **MEASURED})
    app = build("catalog", catalog.__doc__ or "", routers, heard, settings, background)
    app.state.partners = settings.departments
    app.state.workbooks = asyncio.Semaphore(2)
    return app
