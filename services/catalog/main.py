from fastapi import FastAPI

from services import catalog
from services.catalog.records.api import router
from services.chassis.app import build
from services.chassis.settings import Settings


def make(settings: Settings | None = None) -> FastAPI:
    return build("catalog", catalog.__doc__ or "", [router], [], settings or Settings())
