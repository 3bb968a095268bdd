"""A regulator's worklist: its own duties, and those that another department says are its."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text, union_all

from services.approval.desk.queries import first_of_each
from services.approval.supervision.opening import DUTY
from services.approval.supervision.rules import State

DISPUTED = text("state = 'disputed'")


def worklist(
    department: str,
    states: Collection[State],
    where: Sequence[Any],
    after: UUID | None,
    most: int,
) -> Select[Any]:
    """Oldest first: the first of either kind, each by an index of its own, and of these the first
    of all."""
    own = first_of_each(DUTY, states, [DUTY.c.regulator == department, *where], after, most)
    if State.DISPUTED not in states:
        return own
    theirs: list[Any] = [DUTY.c.refer_to == department, DUTY.c.regulator != department, DISPUTED]
    if after:
        theirs.append(DUTY.c.id > after)
    referred = select(DUTY).where(*theirs, *where).order_by(DUTY.c.id).limit(most)
    both = union_all(own, referred).subquery()
    return select(both).order_by(both.c.id).limit(most)
