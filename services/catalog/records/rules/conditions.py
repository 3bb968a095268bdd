"""Conditions in CEL: whether one can be read at all, with the fields that there are.

Whether a question feeds it is for the bundle to judge, when it is published.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import product
from types import MappingProxyType

from cel_expr_python import cel

from services.catalog.records.rules.flaws import flaw
from services.chassis.errors import Flaw

CEL_TYPES = {
    "text": cel.Type.STRING,
    "choice": cel.Type.STRING,
    "id_number": cel.Type.STRING,
    "credit_code": cel.Type.STRING,
    "phone": cel.Type.STRING,
    "date": cel.Type.STRING,
    "integer": cel.Type.INT,
    "number": cel.Type.DOUBLE,
    "boolean": cel.Type.BOOL,
}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LITERAL = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")
UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
REASON = re.compile(r"ERROR: <input>:\d+:\d+: (.*)")


def names(text: str) -> set[str]:
    """Every name in a condition; among them are the fields it reads."""
    return set(NAME.findall(LITERAL.sub("''", text)))


def condition_flaws(
    pointer: str,
    text: str | None,
    types: Mapping[str, str],
    personal: Collection[str],
    limits: Mapping[str, float] = MappingProxyType({}),
) -> list[Flaw]:
    """What is wrong with one condition.  `types`: type by code of the fields it may read; `limits`:
    the item's thresholds, which fit a whole number where they are one."""
    if text is None:
        return []
    read = names(text)
    if secret := sorted(read.intersection(personal)):
        zh = f"条件不能使用个人信息字段 {secret[0]}。"
        en = f"A condition cannot read {secret[0]}, which is personal."
        return [flaw("personal-field", pointer, zh, en, field=secret[0])]
    known = {code: types[code] for code in read.intersection(types) if types[code] in CEL_TYPES}
    ways = [
        [(name, kind) for kind in _kinds(value)] for name, value in limits.items() if name in read
    ]
    faults = [_fault(text, tuple(sorted({**known, **dict(way)}.items()))) for way in product(*ways)]
    reason, undeclared = next((one for one in faults if not one[0]), faults[0])
    if undeclared:
        return [_unreadable(pointer, undeclared, types)]
    if not reason:
        return []
    zh = f"条件有误，应为结果是真或假的 CEL 表达式：{reason}"
    en = f"The condition is faulty; it should be CEL that is true or false: {reason}"
    return [flaw("faulty-condition", pointer, zh, en)]


def _kinds(value: float) -> tuple[str, ...]:
    return ("number", "integer") if value.is_integer() else ("number",)


def _unreadable(pointer: str, name: str, types: Mapping[str, str]) -> Flaw:
    if name in types:
        zh, en = f"条件不能使用列表字段 {name}。", f"A condition cannot read {name}, a list."
        return flaw("list-field", pointer, zh, en, field=name)
    zh = f"条件使用的 {name} 不在可用的字段之中。"
    en = f"The condition reads {name}, which is no field that it can read."
    return flaw("unknown-field", pointer, zh, en, field=name)


@lru_cache(4096)
def _fault(text: str, types: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Why CEL refuses the text, and the name it does not know; both empty where it does not.

    Kept: a catalogue is checked again whenever one of its fields changes.
    """
    try:
        env = cel.NewEnv(variables={code: CEL_TYPES[kind] for code, kind in types})
        kind = env.compile(text).return_type()
    except RuntimeError as error:
        told = str(error)
        undeclared, reason = UNDECLARED.search(told), REASON.search(told)
        return (
            (reason[1] if reason else told.partition("\n")[0])[:200],
            undeclared[1].partition(".")[0] if undeclared else "",
        )
    return ("", "") if kind == cel.Type.BOOL else (f"its value is {kind.name()}, not bool", "")
