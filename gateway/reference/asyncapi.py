"""The AsyncAPI 3 document, made from `services.contracts` and nothing else."""

import inspect
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from gateway.reference import prose
from gateway.reference.examples import Examples
from gateway.reference.sentences import first_sentence
from gateway.reference.spoken import SAID
from services import contracts
from services.contracts import Event

Json = dict[str, Any]

CLOUDEVENTS = "application/cloudevents+json"
PARTNER = "partner"
DEPARTMENT = "{department}"

READERS = {
    "CATALOG": ("bundle", "approval", "metrics"),
    "BUNDLE": ("catalog", "approval", "metrics"),
    "APPROVAL": ("bundle", "metrics"),
    "METRICS": ("catalog", "metrics"),
    "PARTNER_{department}": (PARTNER,),
    "INBOX_{department}": ("approval",),
}
"""Who has a durable consumer on a stream; the broker's permissions say the same."""

PUBLISHERS = {
    "partner.delegation": "catalog",
    "partner.item": "catalog",
    "partner": "approval",
    "in": PARTNER,
}
"""By how a type begins; every other first word is the publishing service's own name."""


@dataclass(frozen=True, slots=True)
class Described:
    """One event as a reader needs it."""

    kind: type[Event]
    schema: Json
    example: Json

    @property
    def name(self) -> str:
        return self.kind.__name__

    @property
    def publisher(self) -> str:
        first, second, *_ = self.kind.type.split(".")
        known = PUBLISHERS.get(f"{first}.{second}") or PUBLISHERS.get(first)
        return known or first

    @property
    def readers(self) -> tuple[str, ...]:
        return READERS[self.kind.stream]

    @property
    def action(self) -> Literal["send", "receive"]:
        """As the platform sees it; what it says to itself it sends."""
        return "receive" if self.publisher == PARTNER else "send"

    @property
    def summary(self) -> str:
        """In Chinese, then in English."""
        return f"{SAID[self.kind.type]} {first_sentence(self.kind.__doc__ or '')[0]}"

    @property
    def rest(self) -> str:
        """What its docstring says beside."""
        return first_sentence(inspect.cleandoc(self.kind.__doc__ or ""))[1]

    @property
    def said_by_partners(self) -> str:
        """The subject as a department's own account publishes it; the server adds who it is."""
        return self.kind.route.replace(f"{DEPARTMENT}.", "")


class Untitled(GenerateJsonSchema):
    """Without Pydantic's titles, which repeat each field's name in other letters."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def kinds() -> list[type[Event]]:
    """Every event of the contracts, stream by stream, in the order they are written in."""
    ours = [one for one in Event.__subclasses__() if one.__module__.startswith(contracts.__name__)]
    return sorted(ours, key=lambda one: list(READERS).index(one.stream))


def schemas() -> Json:
    """Every event's data, and the words they are made of.

    A field with a default may be missing: a publisher of an earlier day did not know it.
    """
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (kind, "validation") for kind in kinds()
    ]
    _, generated = models_json_schema(
        wanted, ref_template="#/components/schemas/{model}", schema_generator=Untitled
    )
    definitions: Json = generated["$defs"]
    for definition in definitions.values():
        definition.pop("title", None)
    return definitions


def events() -> list[Described]:
    """Every event with its schema and an example that satisfies it."""
    definitions = schemas()
    examples = Examples(definitions)
    return [Described(kind, definitions[kind.__name__], examples.message(kind)) for kind in kinds()]


def document() -> Json:
    """The AsyncAPI document of the whole platform."""
    every = events()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": prose.TITLE,
            "version": "1.0.0",
            "description": prose.ABOUT_EVENTS,
            "tags": [{"name": name} for name in dict.fromkeys(one.publisher for one in every)],
        },
        "defaultContentType": CLOUDEVENTS,
        "servers": {"nats": _server()},
        "channels": {one.kind.type: _channel(one) for one in every},
        "operations": {f"{one.action}.{one.kind.type}": _operation(one) for one in every},
        "components": {
            "messages": {one.name: _message(one) for one in every},
            "schemas": schemas() | {"CloudEvent": envelope()},
            "parameters": {"department": {"description": "部门代码 The department's code."}},
        },
        "x-streams": streams(every),
    }


def streams(every: list[Described]) -> list[Json]:
    """Which stream keeps what, who fills it and who reads it."""
    names = dict.fromkeys(one.kind.stream for one in every)
    return [
        {
            "stream": name,
            "subjects": [one.kind.route for one in every if one.kind.stream == name],
            "publishers": sorted({one.publisher for one in every if one.kind.stream == name}),
            "readers": list(READERS[name]),
        }
        for name in names
    ]


def envelope() -> Json:
    """CloudEvents 1.0 with the two extensions we use."""
    text: Json = {"type": "string", "minLength": 1}
    properties: Json = {
        "specversion": {"const": "1.0"},
        "id": text | {"maxLength": 128},
        "source": text,
        "type": text,
        "subject": text,
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "sequence": {"type": "string", "pattern": "^[0-9]+$"},
        "correlationid": {"type": "string", "format": "uuid"},
        "data": {"type": "object"},
    }
    for name, description in prose.ENVELOPE.items():
        properties[name] = properties[name] | {"description": description}
    required = ["specversion", "id", "source", "type", "data"]
    return {"type": "object", "required": required, "properties": properties}


def _server() -> Json:
    return {
        "host": "{host}:4222",
        "protocol": "nats",
        "description": prose.ABOUT_BROKER,
        "variables": {"host": {"default": "localhost"}},
    }


def _channel(one: Described) -> Json:
    channel: Json = {
        "address": one.kind.route,
        "summary": one.summary,
        "messages": {one.name: {"$ref": f"#/components/messages/{one.name}"}},
        "x-stream": one.kind.stream,
    }
    if DEPARTMENT in one.kind.route:
        reference = {"$ref": "#/components/parameters/department"}
        channel["parameters"] = {"department": reference}
    return channel


def _operation(one: Described) -> Json:
    channel = f"#/channels/{one.kind.type}"
    operation: Json = {
        "action": one.action,
        "channel": {"$ref": channel},
        "summary": one.summary,
        "messages": [{"$ref": f"{channel}/messages/{one.name}"}],
        "tags": [{"name": one.publisher}],
        "x-publisher": one.publisher,
        "x-readers": list(one.readers),
    }
    if one.publisher == PARTNER:
        operation["x-subject-in-own-account"] = one.said_by_partners
    return operation


def _message(one: Described) -> Json:
    about: Json = {
        "type": {"const": one.kind.type},
        "subject": {"description": f"`{one.kind.aggregate}`"},
        "data": {"$ref": f"#/components/schemas/{one.name}"},
    }
    envelope_reference = {"$ref": "#/components/schemas/CloudEvent"}
    return {
        "name": one.kind.type,
        "title": re.sub(r"(?<!^)(?=[A-Z])", " ", one.name),
        "summary": one.summary,
        "contentType": CLOUDEVENTS,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "headers": {
            "type": "object",
            "properties": {"Nats-Msg-Id": {"type": "string", "description": "= payload.id"}},
        },
        "payload": {"allOf": [envelope_reference, {"type": "object", "properties": about}]},
        "examples": [{"name": one.kind.type, "payload": one.example}],
        "tags": [{"name": one.publisher}],
    }
