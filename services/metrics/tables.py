"""All tables of metrics, for its migrations; each subject's stand in its own folder."""

import services.metrics.anchors.tables
import services.metrics.board.tables
import services.metrics.delegated.tables
import services.metrics.lived.tables
import services.metrics.paper.tables  # noqa: F401
from services.metrics.schema import Base

__all__ = ["Base"]
