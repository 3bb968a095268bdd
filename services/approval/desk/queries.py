"""Pages of a worklist, at the same price whether a desk has ten rows or a million.

The first of each wanted state are taken from an index, and of those the first of all.  As one
condition on the state (`state IN (…)`) the same page reads whatever lies before it in other states:
of a desk with a million decided approvals and three open ones, a million.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Select,
    String,
    Table,
    func,
    literal,
    select,
    text,
    true,
    tuple_,
)

from services.approval.desk.rules import State
from services.approval.desk.tables import Approval
from services.chassis.database import table

APPROVAL = table(Approval)
# As a constant, like the condition of the index that has it.
THERE = text("item <> ''")
FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)


def first_of_each(
    rows: Table, states: Iterable[StrEnum], where: Iterable[Any], after: UUID | None, most: int
) -> Select[Any]:
    """The first rows after that id, among those in any of these states.  It wants an index on what
    `where` compares, then (state, id)."""
    wanted = _wanted(states)
    place = tuple_(rows.c.state, rows.c.id)
    reached = place > tuple_(wanted.c.state, literal(after or FIRST))
    one = select(rows).where(*where, reached, rows.c.state <= wanted.c.state)
    each = one.order_by(rows.c.state, rows.c.id).limit(most).lateral("each")
    return select(each).select_from(wanted.join(each, true())).order_by(each.c.id).limit(most)


def last_of_each(
    rows: Table, states: Iterable[StrEnum], where: Iterable[Any], before: UUID | None, most: int
) -> Select[Any]:
    """The same from the other end: the last before that id, newest first."""
    wanted = _wanted(states)
    place = tuple_(rows.c.state, rows.c.id)
    reached = place < tuple_(wanted.c.state, literal(before or LAST))
    one = select(rows).where(*where, reached, rows.c.state >= wanted.c.state)
    backwards = rows.c.state.desc(), rows.c.id.desc()
    each = one.order_by(*backwards).limit(most).lateral("each")
    found = select(each).select_from(wanted.join(each, true()))
    return found.order_by(each.c.id.desc()).limit(most)


# A state is compared from both sides and not for equality: were it equal, rows would be in order by
# their id alone, and the planner may hope to meet enough of them soon along the primary key.  Of a
# state that is rare it would then read all that are not.
def _wanted(states: Iterable[StrEnum]) -> Any:
    said = list(dict.fromkeys(state.value for state in states))
    unnested = func.unnest(literal(said, ARRAY(String)))
    return unnested.table_valued("state", name="wanted").render_derived()


def worklist(
    states: Iterable[State], where: Iterable[Any], after: UUID | None, most: int
) -> Select[Any]:
    """Approvals that a desk may see, oldest first.  `where`: whose they are, and which of them."""
    return first_of_each(APPROVAL, states, [*where, THERE], after, most)
