"""The paper figures as expressions over the items' records."""

from datetime import date

from sqlalchemy import or_

from services.metrics.measuring import Expression, Measure, Source, one_if
from services.metrics.paper import rules
from services.metrics.paper.tables import ITEM, RETIREMENT

C = ITEM.c


def _not_retired(today: date) -> Expression:
    ends = RETIREMENT.c.ends & (RETIREMENT.c.effective <= today)
    return ends.is_not(True)


ITEMS = Source(
    kind="paper",
    cases=ITEM.outerjoin(RETIREMENT, RETIREMENT.c.code == ITEM.c.code),
    on_the_books=_not_retired,
    key=C.code,
    department=C.department,
    filters={
        "item": C.code,
        "department": C.department,
        "region": C.region,
        "kind": C.kind,
        "level": C.level,
    },
    populations={
        "all": (rules.POPULATIONS["all"], None),
        "hall": (rules.POPULATIONS["hall"], C.at_hall),
        "comprehensive_window": (
            rules.POPULATIONS["comprehensive_window"],
            C.comprehensive_window,
        ),
    },
)
MEASURES = (
    Measure(
        rules.PROMISE_COMPRESSION,
        ITEMS,
        numerator=C.legal_hours - C.promised_hours,
        denominator=C.legal_hours,
        among=C.legal_hours.is_not(None),
        reads=(C.name, C.legal_hours, C.promised_hours),
    ),
    Measure(rules.AVERAGE_MATERIALS, ITEMS, numerator=C.materials, reads=(C.name, C.materials)),
    Measure(
        rules.ONLINE_SHARE,
        ITEMS,
        numerator=one_if(or_(C.online_address, ~C.online_suitable)),
        switched_off=one_if(C.online_address),
        reads=(C.name, C.online_address, C.online_suitable),
    ),
    Measure(
        rules.ONLINE_ACCEPTANCE_SHARE,
        ITEMS,
        numerator=one_if(C.online_depth >= 3),
        reads=(C.name, C.online_depth),
    ),
    Measure(
        rules.INSTANT_SHARE,
        ITEMS,
        numerator=one_if(C.promised_hours == 0),
        reads=(C.name, C.promised_hours),
    ),
    Measure(
        rules.INSTANT_TYPE_SHARE,
        ITEMS,
        numerator=one_if(C.handling == "instant"),
        reads=(C.name, C.handling),
    ),
    Measure(
        rules.ZERO_VISIT_SHARE,
        ITEMS,
        numerator=one_if(or_(C.visits == 0, C.online_depth == 4)),
        reads=(C.name, C.visits, C.online_depth),
    ),
    Measure(rules.AVERAGE_VISITS, ITEMS, numerator=C.visits, reads=(C.name, C.visits)),
)
