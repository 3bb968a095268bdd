from services import catalog
from services.catalog.api import router
from services.chassis.app import build
from services.chassis.settings import Settings

app = build("catalog", catalog.__doc__ or "", [router], [], Settings())
