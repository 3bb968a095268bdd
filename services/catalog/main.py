from fastapi import FastAPI

from services import catalog
from services.catalog.crosswalks.api import router as crosswalks
from services.catalog.delegations.api import router as delegations
from services.catalog.delegations.closing import router as closing
from services.catalog.delegations.reading import router as delegated
from services.catalog.points.api import router as points
from services.catalog.records.api import router as records
from services.catalog.records.indexing import catch_up
from services.chassis.app import build
from services.chassis.settings import Settings


class CatalogSettings(Settings):
    partners: str = ""
    """Departments with a NATS account of their own, as in the operator's file; by comma."""

    @property
    def departments(self) -> frozenset[str]:
        return frozenset(code.strip() for code in self.partners.split(",") if code.strip())


def make(settings: CatalogSettings | None = None) -> FastAPI:
    settings = settings or CatalogSettings()
    routers = [records, points, delegated, delegations, closing, crosswalks]
    app = build("catalog", catalog.__doc__ or "", routers, [], settings, [catch_up])
    app.state.partners = settings.departments
    return app
