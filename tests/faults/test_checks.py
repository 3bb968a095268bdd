"""Each check sees the fault it is there for: a small world that is right, and one thing wrong."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import check_events, check_operations
from tests.faults.databases import Effects
from tests.faults.findings import Case, Doubt, Found
from tests.faults.history import OK, UNKNOWN, Answer, History, Operation
from tests.faults.streams import Consumer, Message, Streams

SUBJECT = "bundle.application.submitted"


def message(event: str, place: int, stream: str = "BUNDLE", subject: str = SUBJECT) -> Message:
    return Message(stream, place, subject, event, {"id": event, "type": subject, "data": {}})


def row(event: str, pos: int, version: int) -> dict:
    return {
        "event_id": event,
        "aggregate": "application:a",
        "version": version,
        "pos": pos,
        "subject": SUBJECT,
        "published": True,
        "recorded": 0.0,
        "stuck": None,
    }


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Two events of one aggregate, told and heard; one filing, answered after a doubt."""
    tables = {
        service: {"outbox": [], "inbox": [], "parked": [], "member": []}
        for service in ("catalog", "bundle", "approval", "metrics")
    }
    tables["bundle"]["outbox"] = [row("e1", 1, 1), row("e2", 2, 2)]
    tables["metrics"]["inbox"] = [
        {"consumer": "metrics-on-BUNDLE", "event_id": event} for event in ("e1", "e2")
    ]
    tables["bundle"]["application"] = [{"id": "a"}]
    tables["approval"]["approval"] = []
    subjects = {"metrics-on-BUNDLE": (SUBJECT,)}
    consumers = [
        Consumer(name, name.rpartition("-on-")[2], subjects.get(name, ("another.subject",)))
        for name in check_events.EXPECTED_CONSUMERS
    ]
    streams = Streams([message("e1", 1), message("e2", 2)], consumers)
    history = History(tmp_path / "history.jsonl")
    filing = Operation("filing", "ada", "POST", "/applications", {}, {}, key="k")
    filing.answers = [Answer(UNKNOWN), Answer(OK, 201, '{"id":"a"}', replayed=True)]
    history.operations.append(filing)
    stored = {"k": (201, '{"id":"a"}')}
    effects = Effects({"ada": ["a"]}, Counter(), {}, Counter(), stored)
    return Case(history, {"k": Doubt(1, stored["k"])}, Found(tables, streams, {}, effects, {}))


def promises(check: Callable, case: Case) -> set[str]:
    return {one.promise for one in check(case)}


def test_a_world_that_is_right_is_not_complained_about(case: Case):
    assert not promises(check_events.check, case)
    assert not promises(check_operations.check, case)


def lose(case: Case) -> None:
    del case.found.streams.messages[0]


def double(case: Case) -> None:
    case.found.streams.messages.append(message("e1", 3))


def swap(case: Case) -> None:
    case.found.streams.messages[:] = [message("e2", 1), message("e1", 2)]


def forge(case: Case) -> None:
    case.found.streams.messages.append(message("e9", 3))


def overhear(case: Case) -> None:
    case.found.tables["metrics"]["inbox"].pop()


def park(case: Case) -> None:
    case.found.tables["metrics"]["parked"].append({"event_id": "e1"})


@pytest.mark.parametrize(
    ("harm", "promise"),
    [
        (lose, "every event is in its stream"),
        (double, "every event is in its stream once"),
        (swap, "an aggregate's events keep their order"),
        (forge, "every event has an outbox row"),
        (overhear, "every event is handled"),
        (park, "nothing is parked"),
    ],
)
def test_a_wrong_event_is_seen(case: Case, harm: Callable, promise: str):
    harm(case)
    assert promise in promises(check_events.check, case)


def test_a_filing_that_is_there_twice_or_never_is_seen(case: Case):
    for ids in (["a", "b"], []):
        case.found.effects.applications["ada"] = ids
        assert "every ok exists exactly once" in promises(check_operations.check, case)


def test_a_retry_that_is_answered_otherwise_is_seen(case: Case):
    case.history.operations[0].answers[-1] = Answer(OK, 201, '{"id":"b"}')
    assert "a retry gets the stored answer" in promises(check_operations.check, case)


def test_a_question_that_nobody_answered_is_seen(case: Case):
    case.history.operations[0].answers.pop()
    assert "every question is answered" in promises(check_operations.check, case)


def test_an_effect_without_a_stored_answer_is_seen(case: Case):
    case.doubts["k"] = Doubt(1, None)
    wanted = "every unknown happened once or not at all"
    assert wanted in promises(check_operations.check, case)
