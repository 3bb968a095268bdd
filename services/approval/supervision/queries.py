"""A worklist: a regulator's own duties, those that another department says are its, and what is
proposed to the authority that granted."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, text, union_all

from services.approval.desk.queries import first_of_each
from services.approval.supervision.opening import DUTY
from services.approval.supervision.rules import State

DISPUTED = text("state = 'disputed'")
PROPOSED = text("state = 'ending_proposed'")


def worklist(
    department: str,
    states: Collection[State],
    where: Sequence[Any],
    after: UUID | None,
    most: int,
) -> Select[Any]:
    """Oldest first: the first of each kind, each by an index of its own, and of these the first
    of all."""
    others: list[Any] = [DUTY.c.regulator != department, *where]
    if after:
        others.append(DUTY.c.id > after)
    found = [first_of_each(DUTY, states, [DUTY.c.regulator == department, *where], after, most)]
    if State.DISPUTED in states:
        found.append(select(DUTY).where(DUTY.c.refer_to == department, DISPUTED, *others))
    if State.ENDING_PROPOSED in states:
        found.append(select(DUTY).where(DUTY.c.department == department, PROPOSED, *others))
    each = [found[0], *(one.order_by(DUTY.c.id).limit(most) for one in found[1:])]
    both = union_all(*each).subquery()
    return select(both).order_by(both.c.id).limit(most)
