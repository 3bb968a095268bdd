"""Who may use an operation, read from the services' own OpenAPI documents (`x-roles`).

The services judge again; here strangers are turned away before they cost anybody anything.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.routes import SERVICES, Service

METHODS = frozenset({"get", "put", "post", "delete"})


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as far as the door cares."""

    path: str = "unknown"
    """Its template, which may be logged and counted where the path itself may not."""
    roles: frozenset[str] = frozenset()
    """Whoever has one of these may enter; empty: any valid token."""
    public: bool = False
    upload: bool | None = None
    """Whether it takes files; None as long as nobody knows."""

    @property
    def restricted(self) -> bool:
        return bool(self.roles) and not self.public


UNKNOWN = Operation()
"""What holds for an operation that no document names (yet): a token is needed."""


@dataclass(slots=True)
class _Node:
    """A path segment; `{…}` matches where no literal segment does."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Policies:
    """The operations of every service whose document is known."""

    def __init__(self) -> None:
        self._roots: dict[Service, _Node] = {service: _Node() for service in SERVICES}

    def learn(self, service: Service, document: Mapping[str, Any]) -> None:
        """Replace what is known of a service, all at once."""
        root = _Node()
        for path, method, described in operations(document):
            node = root
            for segment in path.split("/")[1:]:
                node = _child(node, segment)
            node.operations[method.upper()] = _read(path, described)
        self._roots[service] = root

    def find(self, service: Service, method: str, path: str) -> Operation:
        """The policy of an operation, or UNKNOWN."""
        found = _search(self._roots[service], path.split("/")[1:], method)
        return found or UNKNOWN


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every (path, method, operation) of an OpenAPI document."""
    for path, methods in document.get("paths", {}).items():
        for method, described in methods.items():
            if method in METHODS:
                yield path, method, described


def _read(path: str, described: Mapping[str, Any]) -> Operation:
    roles = frozenset(described.get("x-roles", ()))
    content = described.get("requestBody", {}).get("content", {})
    return Operation(path, roles, "public" in roles, "multipart/form-data" in content)


def _child(node: _Node, segment: str) -> _Node:
    if not segment.startswith("{"):
        return node.literal.setdefault(segment, _Node())
    if node.variable is None:
        node.variable = _Node()
    return node.variable


def _search(node: _Node, segments: list[str], method: str) -> Operation | None:
    """Literal segments first; a literal that leads nowhere falls back to the variable one."""
    if not segments:
        return node.operations.get(method)
    head, rest = segments[0], segments[1:]
    literal = node.literal.get(head)
    found = _search(literal, rest, method) if literal else None
    if found is None and node.variable is not None:
        found = _search(node.variable, rest, method)
    return found
