"""Everything that people, partners' systems, applicants and time do to an approval, in any order,
against a small model that was written from the rules in words."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts import ApprovalRequested, DepartmentChanged
from tests.alone import Alone
from tests.approval.book import SYSTEM, Book
from tests.approval.conftest import request
from tests.approval.timed import set_clock
from tests.approval.ways import MONDAY, Real

# A busy machine is slow; that is no fault of what is tested.
BUSY = settings(
    deadline=None,
    database=None,
    max_examples=120,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

people = st.sampled_from(["wang", "zhao", SYSTEM])
officers = st.sampled_from(["wang", "zhao"])
commands = st.one_of(
    st.tuples(st.just("accept"), people),
    st.tuples(st.just("refuse-acceptance"), people),
    st.tuples(st.just("ask-correction"), people),
    st.tuples(st.just("answer")),
    st.tuples(st.just("suspend"), people),
    st.tuples(st.just("resume"), people),
    st.tuples(st.just("decide"), people, st.sampled_from(["granted", "refused"]), st.booleans()),
    st.tuples(st.just("issue"), people),
    st.tuples(st.just("deliver"), people),
    st.tuples(st.just("open-it")),
    st.tuples(st.just("ask-time"), people),
    st.tuples(st.just("consent"), officers),
    st.tuples(st.just("claim"), officers),
    st.tuples(st.just("release"), officers),
    st.tuples(st.just("consult"), people),
    st.tuples(st.just("send-away"), people),
    st.tuples(st.just("send-back")),
    st.tuples(st.just("cancel"), st.sampled_from(["withdrawn", "stopped"])),
    st.tuples(st.just("days"), st.integers(1, 4)),
)


@pytest.fixture(autouse=True)
async def departments(desk: Alone, own_time: None) -> None:
    set_clock(desk, MONDAY)
    for code in ("fire", "market", "health"):
        await desk.hear(DepartmentChanged(code=code, version=1, name=code))


@pytest.mark.parametrize("accepts", ["automatic", "department"])
@BUSY
@given(script=st.lists(commands, max_size=24))
async def test_whatever_is_done_in_whatever_order_the_model_says_what_becomes_of_it(
    desk: Alone, accepts: str, script: list[tuple[Any, ...]]
):
    set_clock(desk, MONDAY)
    asked = request("fire", accepts=accepts, licensing_law=True, promise={"value": 900})
    await desk.hear(asked)
    book, real = Book(accepts), Real(desk, asked)
    for place, (command, *said) in enumerate(script):
        name = command.replace("-", "_")
        if command == "days" and real.day + said[0] > 14:
            continue  # the legal limit is another test's
        expected = getattr(book, name)(*said)
        answered = await getattr(real, name)(*said)
        assert answered == expected, (place, script[: place + 1])
        kept = (book.state, book.holder, book.issued, book.delivered)
        assert await real.seen() == kept, script[: place + 1]
    await _nothing_is_left_half_done(desk, asked, book)
    await desk.rows("DELETE FROM alarm")


async def _nothing_is_left_half_done(desk: Alone, asked: ApprovalRequested, book: Book) -> None:
    """Each act told once, by its event and in the ledger; one open pause at most."""
    about = {"approval": asked.approval}
    decided = await desk.told("approval.approval.decided", **about)
    assert len(decided) == (book.state in ("granted", "refused"))
    assert len(await desk.told("approval.result.issued", **about)) == book.issued
    assert len(await desk.told("approval.approval.delivered", **about)) == book.delivered
    suspended = await desk.told("approval.approval.suspended", **about)
    resumed = await desk.told("approval.approval.resumed", **about)
    assert len(suspended) == book.pauses
    open_ = await desk.rows(
        "SELECT 1 FROM pause WHERE approval = :id AND end_at IS NULL", id=asked.approval
    )
    assert len(open_) == len(suspended) - len(resumed) <= 1
    corrections = await desk.told("approval.approval.correction_requested", **about)
    assert len(corrections) == book.corrected
    assert len(await desk.told("approval.approval.extended", **about)) == book.more_time
