"""The AsyncAPI document and what stands behind it: the contracts, all of them."""

import re
from typing import Any

import jsonschema
import pytest

from deploy.nats.config import HEARS
from gateway.reference import asyncapi
from gateway.reference.asyncapi import READERS, Described
from gateway.reference.spoken import SAID
from services.contracts import Event
from tests.gateway.test_openapi import every, resolve

Json = dict[str, Any]
EVENTS = asyncapi.events()


@pytest.fixture(scope="module")
def document() -> Json:
    return asyncapi.document()


def test_every_event_of_the_contracts_is_there() -> None:
    ours = {one for one in Event.__subclasses__() if one.__module__.startswith("services.")}

    assert len(ours) >= 20
    assert {one.kind for one in EVENTS} == ours


@pytest.mark.parametrize("event", EVENTS, ids=lambda one: one.name)
def test_an_example_is_what_the_contract_reads_and_the_schema_says(
    event: Described, document: Json
) -> None:
    message = document["components"]["messages"][event.name]
    schema = message["payload"] | {"components": document["components"]}
    checker = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.FormatChecker(["date", "uuid"])
    )

    checker.validate(event.example)
    heard = event.kind.model_validate(event.example["data"])
    assert str(getattr(heard, event.kind.aggregate)) == event.example["subject"]
    wrongs: list[Json] = [{"type": "other"}, {"specversion": "0.3"}, {"data": {}}]
    for wrong in wrongs:
        assert not checker.is_valid(event.example | wrong)


def test_every_reference_leads_somewhere(document: Json) -> None:
    for one in every(document):
        if "$ref" in one:
            assert resolve(document, one["$ref"])


def test_the_root_has_what_asyncapi_3_requires(document: Json) -> None:
    allowed = {"asyncapi", "id", "info", "servers", "defaultContentType", "channels"}
    allowed |= {"operations", "components"}

    assert document["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= set(document["info"])
    assert {name for name in document if not name.startswith("x-")} <= allowed
    assert document["servers"]["nats"]["protocol"] == "nats"
    assert {"host", "protocol"} <= set(document["servers"]["nats"])


def test_every_channel_declares_the_parameters_of_its_address(document: Json) -> None:
    for channel in document["channels"].values():
        declared = set(channel.get("parameters", {}))
        assert declared == set(re.findall(r"{(\w+)}", channel["address"]))
        assert channel["messages"]
        assert set(channel) <= {"address", "summary", "messages", "parameters", "x-stream"}


def test_every_operation_uses_messages_of_its_own_channel(document: Json) -> None:
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        reference = operation["channel"]["$ref"]
        assert reference.startswith("#/channels/")
        for message in operation["messages"]:
            assert message["$ref"].startswith(reference + "/messages/")


def test_component_names_are_of_the_allowed_characters(document: Json) -> None:
    for kind in document["components"].values():
        for name in kind:
            assert re.fullmatch(r"[\w.\-]+", name)


def test_every_schema_is_a_schema(document: Json) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft7Validator.check_schema(schema)


def test_what_partners_say_is_received_and_the_rest_is_sent(document: Json) -> None:
    actions = {name: one["action"] for name, one in document["operations"].items()}

    assert actions["receive.in.decision"] == "receive"
    assert actions["send.partner.approval.opened"] == "send"
    assert actions["send.catalog.item.published"] == "send"
    told = document["operations"]["send.partner.delegation.changed"]
    assert told["x-publisher"] == "catalog"
    decision = document["operations"]["receive.in.decision"]
    assert decision["x-publisher"] == "partner"
    assert decision["x-subject-in-own-account"] == "in.decision"


def test_readers_are_those_whom_the_broker_lets_listen() -> None:
    """The page and the broker's permissions are written apart; here they are held together."""
    listening = {
        stream: {service for service, streams in HEARS.items() if stream in streams}
        for stream in ("CATALOG", "BUNDLE", "APPROVAL", "METRICS")
    }

    assert {name: set(READERS[name]) for name in listening} == listening


def test_every_event_says_what_happened_in_both_languages_and_whole_sentences() -> None:
    assert {one.kind.type for one in asyncapi.events()} == SAID.keys()
    for one in asyncapi.events():
        assert re.fullmatch(r"[\u4e00-\u9fff].*。 [A-Z][^\n]*\.", one.summary), one.summary
        assert not re.match(r"[a-z]", one.rest), f"{one.name}: cut in two"
