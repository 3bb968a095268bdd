from fastapi import FastAPI

from services import catalog
from services.catalog.crosswalks.api import router as crosswalks
from services.catalog.points.api import router as points
from services.catalog.records.api import router as records
from services.catalog.records.indexing import catch_up
from services.chassis.app import build
from services.chassis.settings import Settings


def make(settings: Settings | None = None) -> FastAPI:
    routers = [records, points, crosswalks]
    settings = settings or Settings()
    return build("catalog", catalog.__doc__ or "", routers, [], settings, [catch_up])
