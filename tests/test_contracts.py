"""Contracts change by addition only: what was once sent can still be read, all of it.

`tests/contracts` holds events as they were first published, two of each type at least: one that
says everything, and a `.least` one that says only what it must; and in `choices.json` the values
that a field can have.  None of it is ever edited; new things are put beside it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from services import contracts
from services.chassis import envelope
from services.contracts import Event, Fact

STORED = Path(__file__).parent / "contracts"
EXAMPLES = sorted(STORED.glob("*.*.json"))
CHOICES: dict[str, list[str]] = json.loads((STORED / "choices.json").read_text())
EVENTS: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (getattr(contracts, name) for name in contracts.__all__)
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}
CHANGE_BACK = """
Events like this one lie in streams, outboxes and partners' systems, so the contract must change
back; the stored example must not.
  * a field that is no longer used stays, with its old type and meaning;
  * a new field has a default;
  * a value that could once be chosen can still be read;
  * what cannot be said so is a new event, with a type of its own."""
STORE = """
Store what is new beside what is there: tests/contracts/<type>.json says everything,
<type>.least.json only what it must, <type>.2.json what was added later."""

examples = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def fields(kind: type[BaseModel], data: dict[str, Any]) -> Iterator[tuple[type[BaseModel], str]]:
    """Every field that `data` fills in, in `kind` and in the facts inside it."""
    for name, value in data.items():
        yield kind, name
        annotation = kind.model_fields[name].annotation if name in kind.model_fields else None
        inner = fact(annotation)
        for one in value if isinstance(value, list) else [value]:
            if inner is not None and isinstance(one, dict):
                yield from fields(inner, one)


def fact(annotation: Any) -> type[BaseModel] | None:
    """The fact that a field holds, alone or several of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := fact(part))), None)


@examples
def test_an_event_once_published_can_still_be_read_and_says_the_same(path: Path):
    document = envelope.open_document(path.read_bytes())
    try:
        heard = envelope.read(document, EVENTS[document["type"]])
    except ValidationError as error:
        pytest.fail(f"{path.name} cannot be read any more:\n{error}\n{CHANGE_BACK}")

    said = heard.event.model_dump(mode="json", exclude_unset=True)
    assert said == document["data"], CHANGE_BACK
    assert str(said[heard.event.aggregate]) == document["subject"]


@examples
def test_no_field_that_was_once_published_is_gone(path: Path):
    document = json.loads(path.read_text())

    filled = fields(EVENTS[document["type"]], document["data"])
    gone = [f"{kind.__name__}.{name}" for kind, name in filled if name not in kind.model_fields]
    assert gone == [], CHANGE_BACK


@examples
def test_a_partner_may_send_it_to_us_as_it_is(path: Path):
    """Strict reading, too, takes every field that was ever documented."""
    document = envelope.open_document(path.read_bytes())

    envelope.read(document, EVENTS[document["type"]], strict=True)


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_every_event_has_an_example_that_says_everything_and_one_that_says_the_least(kind):
    stored = [json.loads(path.read_text()) for path in EXAMPLES]
    of_kind = [one["data"] for one in stored if one["type"] == kind.type]

    required = {name for name, field in kind.model_fields.items() if field.is_required()}
    assert any(set(data) == required for data in of_kind), f"{kind.__name__} has no least.{STORE}"
    assert any(set(data) == set(kind.model_fields) for data in of_kind), (
        f"No stored {kind.__name__} says everything.{STORE}"
    )


def test_every_field_of_every_fact_is_in_some_example():
    """Only what is in an example is kept from being lost."""
    stored = [json.loads(path.read_text()) for path in EXAMPLES]
    filled = {one for event in stored for one in fields(EVENTS[event["type"]], event["data"])}
    facts = {kind for kind, _ in filled} | {
        fact(kind.model_fields[n].annotation) for kind, n in filled
    }

    declared = {(kind, name) for kind in facts if kind for name in kind.model_fields}
    assert {f"{kind.__name__}.{name}" for kind, name in declared - filled} == set(), STORE


def choices() -> dict[str, list[str]]:
    """The values of every field of every fact that has a few to choose from."""
    found = {}
    for kind in sorted(subclasses(Fact), key=lambda kind: kind.__name__):
        for name, field in kind.model_fields.items():
            values = [one for one in flat(field.annotation) if isinstance(one, str)]
            if values:
                found[f"{kind.__name__}.{name}"] = values
    return found


def flat(annotation: Any) -> Iterator[Any]:
    for one in get_args(annotation):
        yield one
        yield from flat(one)


def test_no_value_that_could_once_be_chosen_is_gone():
    now = choices()

    gone = {name: sorted(set(old) - set(now.get(name, ()))) for name, old in CHOICES.items()}
    assert {name: values for name, values in gone.items() if values} == {}, CHANGE_BACK


def test_every_value_that_can_be_chosen_is_stored():
    new = {name: sorted(set(v) - set(CHOICES.get(name, ()))) for name, v in choices().items()}

    assert {name: values for name, values in new.items() if values} == {}, (
        "Readers of an older version cannot read a new value: they must be there first. "
        "Then add it to tests/contracts/choices.json."
    )


def test_every_stored_example_is_of_an_event_that_is_told():
    for path in EXAMPLES:
        assert path.name.startswith(json.loads(path.read_text())["type"] + ".")


def subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def test_every_event_is_on_the_page_of_contracts():
    """The AsyncAPI page and these tests know what `services.contracts` names, nothing else."""
    declared = {one for one in subclasses(Event) if one.__module__.startswith("services.")}

    assert declared == set(EVENTS.values())
    assert len(EVENTS) == len(declared), "two events with one type"


def test_every_event_has_a_route_of_its_own_on_its_own_stream():
    routes = [kind.route for kind in EVENTS.values()]

    assert len(set(routes)) == len(routes)
    for kind in EVENTS.values():
        first = kind.route.partition(".")[0]
        expected = {"partner": "PARTNER_{department}", "in": "INBOX_{department}"}
        assert kind.stream == expected.get(first, first.upper())
        assert kind.aggregate in kind.model_fields


def test_every_event_says_what_it_is():
    for kind in EVENTS.values():
        assert kind.__doc__ and kind.__doc__ != Event.__doc__
