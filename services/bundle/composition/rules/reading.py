"""What a condition's text alone tells: the names it reads and the values it compares them with."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<number>(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<mark>&&|\|\||[=!<>]=|[-+*/%<>!?:()\[\].,])
    )""",
    re.VERBOSE,
)
COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
WORDS: Mapping[str, Any] = {"true": True, "false": False}
OPERANDS = frozenset({"value", "name"})


class Token(NamedTuple):
    kind: str
    """`value` (a literal or a threshold), `name`, or `mark`."""
    value: Any


class Unreadable(Exception):
    """This text has something in it that is not read here."""


def names(text: str) -> set[str]:
    """Every name outside quotes; more than that where the text cannot be read."""
    try:
        return {str(token.value) for token in _tokens(text, {}) if token.kind == "name"}
    except Unreadable:
        return set(re.findall(r"[A-Za-z_]\w*", text))


def compared(text: str, constants: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """The values that the condition compares things with; None unless it does nothing else.

    Then each comparison has a literal on one side, so two values of a question that lie on the
    same side of all of them are the same to it.  Arithmetic, functions and comparing two
    questions with one another are read by nobody here: None.
    """
    try:
        tokens = [Token("mark", ""), *_tokens(text, constants), Token("mark", "")]
    except Unreadable:
        return None
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if not _plain(before, token, after):
            return None
    return tuple(token.value for token in tokens if token.kind == "value")


def _plain(before: Token, token: Token, after: Token) -> bool:
    if token.kind in OPERANDS and (after.kind in OPERANDS or after.value == "."):
        return False
    if token.kind == "name":
        return before.value not in ("[", ",") and after.value not in ("(", "[", "]", ",")
    if token.kind == "value":
        return True
    if token.value == "in":
        return bool(after.value == "[")
    if token.value in COMPARING:
        return "value" in (before.kind, after.kind)
    return token.value not in _CALCULATING


_CALCULATING = frozenset("-+*/%.")


def _tokens(text: str, constants: Mapping[str, Any]) -> Iterator[Token]:
    place, last = 0, Token("mark", "")
    stripped = text.rstrip()
    while place < len(stripped):
        found = TOKEN.match(stripped, place)
        if found is None:
            raise Unreadable
        place = found.end()
        token = _token(found, constants)
        if token.value == "-" and last.kind == "mark" and last.value not in (")", "]"):
            number = TOKEN.match(stripped, place)
            if number and number["number"]:  # a sign, not a subtraction
                place, token = number.end(), Token("value", -ast.literal_eval(number["number"]))
        yield token
        last = token


def _token(found: re.Match[str], constants: Mapping[str, Any]) -> Token:
    if found["mark"] or found["name"] == "in":
        return Token("mark", found["mark"] or "in")
    if name := found["name"]:
        known = {**WORDS, **constants}
        return Token("value", known[name]) if name in known else Token("name", name)
    try:
        return Token("value", ast.literal_eval(found["number"] or found["text"]))
    except (SyntaxError, ValueError):
        raise Unreadable from None
