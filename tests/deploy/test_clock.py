"""The clock of a stack is moved ahead, and never back."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local import clock, record
from deploy.local.trouble import Trouble


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("12d", timedelta(days=12)),
        ("3h", timedelta(hours=3)),
        ("90m", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta):
    assert clock.length(text) == length


@pytest.mark.parametrize("text", ["-3d", "0d", "3", "d", "3w", "1.5h", " 3d", "99999d"])
def test_another_length_is_refused_by_name(text: str):
    with pytest.raises(Trouble, match="90m"):
        clock.length(text)


def test_moves_add_up_and_stay(tmp_path: Path):
    assert clock.ahead(tmp_path) == timedelta()

    clock.move(tmp_path, timedelta(days=2))

    assert clock.move(tmp_path, timedelta(hours=1)) == timedelta(days=2, hours=1)
    assert clock.ahead(tmp_path) == timedelta(days=2, hours=1)


def test_nobody_goes_further_than_calendars_reach(tmp_path: Path):
    clock.move(tmp_path, timedelta(days=3000))

    with pytest.raises(Trouble, match="3650"):
        clock.move(tmp_path, timedelta(days=3000))

    assert clock.ahead(tmp_path) == timedelta(days=3000)


def test_whoever_verifies_a_record_learns_how_many_times_were_made_up(tmp_path: Path):
    acts = [{"act": "decided"}, {"act": "issued", "clock_ahead_seconds": 60}, {"act": "ended"}]
    lines = (json.dumps({"document": json.dumps(act)}) for act in acts)
    (tmp_path / record.ENTRIES).write_text("\n".join(lines))

    assert record.made_up(tmp_path) == 1
