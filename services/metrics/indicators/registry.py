"""Every indicator by its code."""

from services.metrics.lived.measures import MEASURES as LIVED
from services.metrics.measuring import Measure
from services.metrics.paper.measures import MEASURES as PAPER

MEASURES: dict[str, Measure] = {one.definition.code: one for one in (*PAPER, *LIVED)}
