"""All tables of catalog, for its migrations; each subject's stand in its own folder."""

import services.catalog.crosswalks.tables  # noqa: F401
import services.catalog.points.tables  # noqa: F401
import services.catalog.records.tables  # noqa: F401
from services.catalog.schema import Base

__all__ = ["Base"]
