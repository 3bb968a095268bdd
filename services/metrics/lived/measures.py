"""The lived figures as expressions over decided approvals, beside their items' records."""

from services.metrics.lived import rules
from services.metrics.lived.tables import DECIDED, DELIVERED
from services.metrics.measuring import Measure, Source, one_if
from services.metrics.paper.tables import ITEM

C = DECIDED.c
DAY = 8
# Approvals and items arrive on two streams: joined when read, they need no order among them.
APPROVALS = Source(
    kind="lived",
    cases=DECIDED.outerjoin(ITEM, ITEM.c.code == C.item),
    key=C.approval,
    department=C.department,
    filters={"bundle": C.bundle, "department": C.department, "item": C.item},
    populations={"all": (rules.DECIDED_APPROVALS, None)},
)
# The decision and its delivery are two events: joined when read, they come in either order.
DELIVERIES = Source(
    kind="lived",
    cases=DECIDED.join(DELIVERED, DELIVERED.c.approval == C.approval),
    key=C.approval,
    department=C.department,
    filters={"bundle": C.bundle, "department": C.department, "item": C.item},
    populations={"all": (rules.DELIVERED_APPROVALS, None)},
)
WITHIN = 10
"""Working days from a decision until its certificate is handed over (行政许可法 art. 44)."""
MEASURES = (
    Measure(
        rules.LIVED_COMPRESSION,
        APPROVALS,
        numerator=ITEM.c.legal_hours - C.worked_days * DAY,
        denominator=ITEM.c.legal_hours,
        among=ITEM.c.legal_hours.is_not(None),
        reads=(C.item, ITEM.c.legal_hours, C.promised_hours, C.worked_days),
    ),
    Measure(
        rules.INSTANT_CASE_SHARE,
        APPROVALS,
        numerator=one_if(ITEM.c.handling == "instant"),
        among=ITEM.c.handling.in_(["instant", "promise"]),
        reads=(C.item, ITEM.c.handling),
    ),
    Measure(
        rules.KEPT_PROMISES,
        APPROVALS,
        # the same as worked days <= promised hours / 8 rounded up
        numerator=one_if((C.worked_days - 1) * DAY < C.promised_hours),
        reads=(C.item, C.promised_hours, C.worked_days),
    ),
    Measure(
        rules.DELIVERED_IN_TIME,
        DELIVERIES,
        numerator=one_if(DELIVERED.c.waited_days <= WITHIN),
        reads=(C.item, DELIVERED.c.way, DELIVERED.c.waited_days),
    ),
)
