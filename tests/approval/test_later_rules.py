"""From when until when a later result is valid, and when the earlier one stops: plain values."""

from datetime import date, timedelta

import pytest

from services.approval.desk.rules import DecisionFaulty, Filing, replaced_from, term
from tests.approval.holding import END

EARLIER = (date(2026, 1, 1), END)
TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("filing", "stated", "today", "expected"),
    [
        (Filing.CHANGE, (None, None), TODAY, EARLIER),
        (Filing.REPLACEMENT, EARLIER, TODAY, EARLIER),
        (Filing.RENEWAL, (None, None), TODAY, (END + timedelta(1), None)),
        (Filing.RENEWAL, (None, date(2028, 1, 1)), END + timedelta(9), (END + timedelta(9), None)),
        (Filing.RENEWAL, (TODAY, date(2031, 1, 1)), TODAY, (TODAY, date(2031, 1, 1))),
    ],
)
def test_from_when_until_when(filing, stated, today, expected):
    start, until = term(filing, stated, EARLIER, today)

    assert start == expected[0]
    assert until == (expected[1] if filing is not Filing.RENEWAL else stated[1])


def test_a_renewal_is_valid_for_longer():
    with pytest.raises(DecisionFaulty):
        term(Filing.RENEWAL, (None, END), EARLIER, TODAY)


def test_until_the_new_one_counts_nothing_is_missing():
    assert replaced_from(END, TODAY) == END
    assert replaced_from(EARLIER[0], TODAY) == TODAY
