"""A clock that somebody moves: all services agree on it, and production never has it."""

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local import clock as stack
from services.chassis import development, ticks
from services.chassis.app import build
from services.chassis.development import MovedClock, NotForProduction, lead
from services.chassis.settings import Settings

HERE = "http://127.0.0.1:8010"
ELSEWHERE = ("https://login.example", "http://issuer:8000", "http://10.0.0.7:8010", "nonsense", "")
AT_ONCE = timedelta(seconds=10)


def ahead(now: ticks.Clock) -> timedelta:
    return now() - ticks.utc()


def is_about(found: timedelta, wanted: timedelta) -> bool:
    return abs(found - wanted) < AT_ONCE


def test_a_clock_that_nobody_moved_is_the_machines(tmp_path: Path):
    one = development.clock(str(stack.file_in(tmp_path)), HERE)

    assert is_about(ahead(one), timedelta())
    assert lead(one) == lead(ticks.utc) == 0


def test_services_agree_while_they_run_and_after_a_restart(tmp_path: Path):
    file = str(stack.file_in(tmp_path))
    one, other = development.clock(file, HERE), development.clock(file, HERE)

    stack.move(tmp_path, timedelta(days=3))
    stack.move(tmp_path, timedelta(hours=2))

    wanted = timedelta(days=3, hours=2)
    for now in (one, other, development.clock(file, HERE)):
        assert is_about(ahead(now), wanted)
        assert lead(now) == wanted.total_seconds()


def test_what_is_no_number_is_not_taken_for_one(tmp_path: Path):
    stack.file_in(tmp_path).write_text("tomorrow")

    with pytest.raises(ValueError, match="tomorrow"):
        development.clock(str(stack.file_in(tmp_path)), HERE)


@pytest.mark.parametrize("issuer", ELSEWHERE)
def test_where_tokens_come_from_elsewhere_no_service_starts_with_it(tmp_path: Path, issuer: str):
    wanted = {"development_clock": str(stack.file_in(tmp_path)), "oidc_issuer": issuer}

    with pytest.raises(NotForProduction):
        build("shoes", "", [], [], Settings(**wanted))


@pytest.mark.parametrize("issuer", [HERE, "http://localhost:8010", "http://[::1]:8010"])
def test_on_ones_own_machine_it_is_allowed(tmp_path: Path, issuer: str):
    assert isinstance(development.clock(str(stack.file_in(tmp_path)), issuer), MovedClock)


def test_without_the_setting_there_is_none_whatever_lies_about():
    assert development.clock("", HERE) is ticks.utc
