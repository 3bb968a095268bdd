"""One correlation id from the first request to the last event, and logs that a machine can read."""

import logging
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from sqlalchemy import text

from services.chassis import envelope
from services.chassis.telemetry import JsonLines, accept_correlation_id, trace
from tests.chassis.shop import OrderPlaced

ROOT = Path(__file__).parent.parent.parent


async def test_a_callers_correlation_id_is_echoed(quiet):
    given = str(uuid4())
    answer = await quiet("GET", "/sold/boot", headers={"x-correlation-id": given})

    assert answer.headers["x-correlation-id"] == given


async def test_a_request_without_one_gets_one(quiet):
    answers = [await quiet("GET", "/sold/boot") for _ in range(2)]

    first, second = (UUID(answer.headers["x-correlation-id"]) for answer in answers)
    assert first != second


@pytest.mark.parametrize("given", ["", "1", "x" * 500, '","level":"ERROR', "令牌", "\n"])
def test_what_is_no_uuid_does_not_get_into_our_logs(given):
    assert UUID(accept_correlation_id(given)).version == 7


async def test_an_event_carries_the_id_of_the_request_that_made_it(quiet, sessions):
    given = str(uuid4())
    await quiet.order("k", headers={"x-correlation-id": given})
    async with sessions() as session:
        payload = (await session.execute(text("SELECT payload FROM outbox"))).scalar_one()

    assert orjson.loads(payload)["correlationid"] == given
    assert envelope.read(orjson.loads(payload), OrderPlaced).correlation == given


def record(message: str = "sold", **more) -> logging.LogRecord:
    made = logging.makeLogRecord({"msg": message, "levelname": "INFO", "name": "shop"})
    vars(made).update(more)
    return made


def test_a_log_line_is_one_json_object_whatever_is_in_it():
    line = JsonLines("shop", "2").format(record('a "boot"\nand a sandal', pairs=2, at={"x": uuid4}))

    assert "\n" not in line
    told = orjson.loads(line)
    assert (told["service"], told["replica"], told["level"]) == ("shop", "2", "INFO")
    assert (told["event"], told["pairs"]) == ('a "boot"\nand a sandal', 2)
    assert told["time"].endswith("+00:00")


def test_an_exception_is_told_with_its_causes_and_without_further_lines():
    try:
        try:
            raise KeyError("first\ncanary")
        except KeyError as error:
            raise ValueError("second\ncanary") from error
    except ValueError as error:
        told = trace(error)

    assert told.index("KeyError") < told.index("ValueError: second")
    assert "test_telemetry.py" in told
    assert "canary" not in told.replace("\\ncanary", "")


def test_an_exception_that_replaced_another_hides_it_where_it_says_so():
    try:
        try:
            raise KeyError("hidden")
        except KeyError:
            raise ValueError("shown") from None
    except ValueError as error:
        assert "hidden" not in trace(error)


SPEAKS = """
import logging
from services.chassis.telemetry import start_logging
start_logging("shop", "1", "WARNING")
logging.getLogger("shop").info("not told")
logging.getLogger("shop").warning("told", extra={"pairs": 2})
logging.getLogger("httpx").info("not told")
"""


def test_a_service_writes_its_log_to_stderr_line_by_line():
    done = subprocess.run([sys.executable, "-c", SPEAKS], capture_output=True, cwd=ROOT, check=True)

    [line] = done.stderr.splitlines()
    told = orjson.loads(line)
    assert (told["event"], told["pairs"], told["logger"]) == ("told", 2, "shop")
    assert done.stdout == b""
