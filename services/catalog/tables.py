"""All tables of catalog, for its migrations; each subject's stand in its own folder."""

import services.catalog.crosswalks.tables
import services.catalog.delegations.tables
import services.catalog.index.tables
import services.catalog.points.tables
import services.catalog.records.tables
import services.catalog.retirement.tables
import services.catalog.versions.tables  # noqa: F401
from services.catalog.schema import Base

__all__ = ["Base"]
