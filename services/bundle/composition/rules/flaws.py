"""How a fault in a bundle, an answer or a filing is told: its name, where, and what is right."""

from typing import Any

from services.chassis.errors import Flaw


def flaw(name: str, pointer: str, zh: str, en: str, **more: Any) -> Flaw:
    """`name` is for programs (`fault` in the problem document), the rest for people."""
    return Flaw(pointer, zh, en, {"fault": name, **more})


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901).  Keys may come from anybody: escaped, and cut to a sane length."""
    texts = (str(part)[:100].replace("~", "~0").replace("/", "~1") for part in parts)
    return "".join(f"/{text}" for text in texts)
