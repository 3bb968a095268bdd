"""One OpenAPI 3.1 document for the whole platform, merged from the services' own."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from gateway.policy import operations
from gateway.reference import prose, words
from gateway.reference.requests import EXAMPLES
from gateway.reference.sentences import first_sentence
from gateway.routes import OWNERS, PREFIX, SERVICES, SINGLED_OUT, Service
from services.chassis.operations import Lag, ParkedView, StuckView
from services.chassis.problems import MEDIA_TYPE

Json = dict[str, Any]

REF = "#/components/schemas/"
JSON = "application/json"

PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457: what went wrong, for a program (`type`) and for a person (`detail`).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["/problems/not-found"]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "trace_id": {"type": "string", "description": "The correlation id."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


class ParkedEverywhere(BaseModel):
    """Parked events of all services; `missing` names those that did not answer."""

    items: list[ParkedView]
    missing: list[Service]


class StuckEverywhere(BaseModel):
    """Stuck events of all services; `missing` names those that did not answer."""

    items: list[StuckView]
    missing: list[Service]


class LagEverywhere(BaseModel):
    """How far each service is behind; `missing` names those that did not answer."""

    items: list[Lag]
    missing: list[Service]


def merge(documents: Mapping[Service, Json], issuer: str) -> Json:
    """The whole public API.  A service whose document is not known yet is named as missing."""
    every: dict[str, Json] = {one: documents[one] for one in SERVICES if one in documents}
    every["operations"] = _own()
    clashing = _clashing({name: _schemas(each) for name, each in every.items()})
    paths: dict[str, Json] = {}
    schemas: dict[str, Json] = {}
    for name, document in every.items():
        renamed = _rename(document, {old: f"{name}_{old}" for old in clashing})
        for path, method, operation in operations(renamed):
            public, tag = _public_path(path, name)
            if public is not None:
                described = _describe(operation, _subject(public, tag), method, public)
                paths.setdefault(public, {})[method] = described
        schemas |= {
            f"{name}_{old}" if old in clashing else old: schema
            for old, schema in _schemas(renamed).items()
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": prose.TITLE,
            "version": "1",
            "description": prose.ABOUT_API + _absent(documents),
        },
        "servers": [{"url": "/"}],
        "tags": _tags(paths),
        "paths": paths,
        "components": {
            "schemas": words.worded(schemas | {"Problem": PROBLEM}),
            "responses": _responses(),
            "securitySchemes": {"oidc": _security(issuer)},
        },
    }


def _subject(path: str, service: str) -> str:
    """The part of the page where a path stands."""
    first = path.removeprefix(PREFIX).split("/")[1]
    return first if first in prose.SUBJECTS else prose.SERVICES[service][0]


def _tags(paths: Mapping[str, Json]) -> list[Json]:
    """The parts of the page in the order of our list, then services that have something beside."""
    used = {tag for methods in paths.values() for one in methods.values() for tag in one["tags"]}
    known = {**prose.SUBJECTS, **dict(prose.SERVICES.values())}
    return [{"name": name, "description": text} for name, text in known.items() if name in used]


def _own() -> Json:
    """The paths that the gateway answers itself, written as a service would."""
    paths: Json = {}
    for path, model, summary in (
        ("parked", ParkedEverywhere, "搁置的事件 / Events set aside by any service"),
        (
            "stuck",
            StuckEverywhere,
            "无法发布的事件 / Recorded events that the broker can never take",
        ),
        ("lag", LagEverywhere, "滞后量 / How far relays and consumers are behind"),
    ):
        content = {"application/json": {"schema": {"$ref": REF + model.__name__}}}
        answers = {"200": {"description": model.__doc__, "content": content}}
        operation = {"summary": summary, "x-roles": ["operator"], "responses": answers}
        paths[f"/operations/{path}"] = {"get": operation}
    models: list[tuple[type[BaseModel], Any]] = [
        (ParkedEverywhere, "serialization"),
        (StuckEverywhere, "serialization"),
        (LagEverywhere, "serialization"),
    ]
    _, schemas = models_json_schema(models, ref_template=REF + "{model}")
    return {"paths": paths, "components": {"schemas": schemas["$defs"]}}


def _schemas(document: Json) -> Json:
    schemas: Json = document.get("components", {}).get("schemas", {})
    return {name: one for name, one in schemas.items() if name not in FASTAPI_ERRORS}


FASTAPI_ERRORS = frozenset({"HTTPValidationError", "ValidationError"})
"""FastAPI describes its own kind of error, which no service sends."""


def _clashing(schemas: Mapping[str, Json]) -> set[str]:
    """Names that mean different things in two services, or refer to such a name."""
    definitions: dict[str, set[str]] = {}
    for each in schemas.values():
        for name, schema in each.items():
            definitions.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    clashing = {name for name, texts in definitions.items() if len(texts) > 1}
    clashing |= {"Problem"} & definitions.keys()
    while True:
        more = {
            name
            for name, texts in definitions.items()
            if name not in clashing and any(_refers(text, clashing) for text in texts)
        }
        if not more:
            return clashing
        clashing |= more


def _refers(text: str, names: set[str]) -> bool:
    return any(f'"{REF}{name}"' in text for name in names)


def _rename(document: Json, names: Mapping[str, str]) -> Json:
    """The document with every reference to a clashing name turned to its new one."""

    def turned(match: re.Match[str]) -> str:
        return f'"{REF}{names.get(match[1], match[1])}"'

    text = re.sub(rf'"{REF}([^"]+)"', turned, json.dumps(document))
    renamed: Json = json.loads(text)
    return renamed


def _public_path(path: str, service: str) -> tuple[str | None, str]:
    """The path as the gateway serves it, or None for what stays inside; and its tag."""
    for start in SINGLED_OUT:
        inside = f"{start}{service}/"
        if path.startswith(inside):
            return f"{PREFIX}{start}{{service}}/{path.removeprefix(inside)}", "operations"
    routed = OWNERS.get(path.split("/")[1], "operations")
    return (PREFIX + path if routed == service else None), service


def _describe(operation: Json, tag: str, method: str, path: str) -> Json:
    identity = f"{method} {path}"
    roles = operation.get("x-roles", [])
    public = "public" in roles
    shown = "公开 public" if public else "、".join(roles)
    summary, rest = first_sentence(operation.get("description", ""))
    described = operation | {
        # FastAPI makes a summary of the function's name; its docstring's first sentence says more.
        "summary": summary.rstrip(".") or operation.get("summary", ""),
        "tags": [tag],
        "operationId": re.sub(r"\W+", "_", identity).strip("_"),
        "description": f"{rest}\n\n**角色 Roles:** {shown}".strip(),
        "security": [] if public else [{"oidc": []}],
        "responses": {
            code: answer
            for code, answer in operation.get("responses", {}).items()
            if "HTTPValidationError" not in json.dumps(answer)
        },
    }
    parameters = [*_which_service(path), *operation.get("parameters", [])]
    if parameters:
        described["parameters"] = [words.parameter(one, path) for one in parameters]
    body = operation.get("requestBody", {})
    if identity in EXAMPLES and JSON in body.get("content", {}):
        described["requestBody"] = _with_example(body, EXAMPLES[identity])
    for code in prose.PROBLEMS:
        if not (public and code in ("401", "403")):
            described["responses"].setdefault(code, {"$ref": f"#/components/responses/P{code}"})
    described["responses"].setdefault("default", {"$ref": "#/components/responses/Problem"})
    return described


def _which_service(path: str) -> list[Json]:
    if "{service}" not in path:
        return []
    schema = {"type": "string", "enum": list(SERVICES)}
    return [{"name": "service", "in": "path", "required": True, "schema": schema}]


def _with_example(body: Json, example: Any) -> Json:
    content = body["content"]
    return body | {"content": content | {JSON: content[JSON] | {"example": example}}}


def _responses() -> Json:
    content = {MEDIA_TYPE: {"schema": {"$ref": REF + "Problem"}}}
    named = {
        f"P{code}": {"description": text, "content": content}
        for code, text in prose.PROBLEMS.items()
    }
    return named | {"Problem": {"description": prose.ANY_PROBLEM, "content": content}}


def _security(issuer: str) -> Json:
    return {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": f"OIDC access token, ES256, audience `onevisit`, issued by {issuer}",
    }


def _absent(documents: Mapping[Service, Json]) -> str:
    absent = [service for service in SERVICES if service not in documents]
    return f"\n> 暂缺 not loaded yet: {', '.join(absent)}\n" if absent else ""
