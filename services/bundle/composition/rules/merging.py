"""One field asked by many items: the strictest union of what they say about it."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import TypeVar

from services.bundle.composition.rules.field_records import FieldDefinition, Option, Rule
from services.bundle.composition.rules.values import LARGEST_INTEGER, Unfit, fit, is_pattern

Number = TypeVar("Number", int, float)


class Contradiction(Exception):
    """Two definitions of one field cannot both be met."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def merged(definitions: Iterable[FieldDefinition]) -> FieldDefinition:
    """One definition that satisfies them all.  Names are the first one's.

    Raises Contradiction where types differ or the rules together leave no value.
    """
    definition = reduce(_both, definitions)
    _check_leaves_something(definition)
    return definition


def _both(one: FieldDefinition, other: FieldDefinition) -> FieldDefinition:
    if one == other:
        return one
    if one.type != other.type:
        raise Contradiction(
            f"类型不一致（{one.type} 与 {other.type}）", f"is {one.type} and {other.type} at once"
        )
    return replace(
        one,
        personal=one.personal or other.personal,
        rule=_strictest(one.rule, other.rule),
        of=one.of + tuple(code for code in other.of if code not in one.of),
    )


def _strictest(one: Rule, other: Rule) -> Rule:
    return Rule(
        minimum=max(_given(one.minimum, other.minimum), default=None),
        maximum=min(_given(one.maximum, other.maximum), default=None),
        max_length=min(_given(one.max_length, other.max_length), default=None),
        patterns=one.patterns + tuple(p for p in other.patterns if p not in one.patterns),
        options=_common(one.options, other.options),
    )


def _given(*bounds: Number | None) -> list[Number]:
    return [bound for bound in bounds if bound is not None]


def _common(one: tuple[Option, ...], other: tuple[Option, ...]) -> tuple[Option, ...]:
    if not one or not other:
        return one or other
    values = {option.value for option in other}
    common = tuple(option for option in one if option.value in values)
    if not common:
        raise Contradiction("选项没有交集", "has no option that all its definitions share")
    return common


def _check_leaves_something(definition: FieldDefinition) -> None:
    rule = definition.rule
    for pattern in rule.patterns:
        if not is_pattern(pattern):
            raise Contradiction(f"格式表达式无效：{pattern}", f"has an invalid pattern: {pattern}")
    least = -math.inf if rule.minimum is None else rule.minimum
    most = math.inf if rule.maximum is None else rule.maximum
    if definition.type == "integer":
        least = math.ceil(max(least, -LARGEST_INTEGER))
        most = math.floor(min(most, LARGEST_INTEGER))
    if least > most:
        raise Contradiction("取值范围为空", "has a minimum above its maximum")
    if definition.type == "choice" and not possible_options(definition):
        raise Contradiction("没有可选的选项", "has no option that its rules allow")


def possible_options(definition: FieldDefinition) -> tuple[str, ...]:
    """The options that the field's other rules leave."""
    return tuple(o.value for o in definition.rule.options if _fits(o.value, definition))


def _fits(value: str, definition: FieldDefinition) -> bool:
    try:
        fit(value, definition.type, definition.rule)
    except Unfit:
        return False
    return True
