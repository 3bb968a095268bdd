"""Contracts change by addition only: what was once sent can still be read, all of it.

`tests/contracts` holds an event of each type as it was first published.  Never edit one: if a test
here fails, the contract is what must change back.  A new event needs a new file; a changed one a
second file beside the first (`<type>.2.json`).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from services import contracts
from services.chassis import envelope
from services.contracts import Event

EXAMPLES = sorted((Path(__file__).parent / "contracts").glob("*.json"))
EVENTS: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (getattr(contracts, name) for name in contracts.__all__)
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_event_once_published_can_still_be_read(path: Path):
    document = envelope.open_document(path.read_bytes())
    heard = envelope.read(document, EVENTS[document["type"]])

    assert str(getattr(heard.event, heard.event.aggregate)) == document["subject"]
    assert json.loads(heard.event.model_dump_json()).items() >= _plain(document["data"]).items()


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Scalars only; times are compared by the fields test below."""
    return {k: v for k, v in data.items() if isinstance(v, bool | int) or k in ("code", "approval")}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_field_that_was_once_published_is_gone(path: Path):
    document = json.loads(path.read_text())

    assert list(_gone(document["data"], EVENTS[document["type"]])) == []


def _gone(data: dict[str, Any], kind: type[BaseModel]) -> Iterator[str]:
    for name, value in data.items():
        field = kind.model_fields.get(name)
        if field is None:
            yield f"{kind.__name__}.{name}"
            continue
        inner = _model(field.annotation)
        for one in value if isinstance(value, list) else [value]:
            if inner is not None and isinstance(one, dict):
                yield from _gone(one, inner)


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model(part))), None)


def test_every_event_has_a_stored_example():
    stored = {json.loads(path.read_text())["type"] for path in EXAMPLES}

    assert stored == set(EVENTS)


def test_every_event_has_a_route_of_its_own_on_its_own_stream():
    routes = [kind.route for kind in EVENTS.values()]

    assert len(set(routes)) == len(routes)
    for kind in EVENTS.values():
        first = kind.route.partition(".")[0]
        expected = {"partner": "PARTNER_{department}", "in": "INBOX_{department}"}
        assert kind.stream == expected.get(first, first.upper())
        assert kind.aggregate in kind.model_fields
