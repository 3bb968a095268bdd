"""Answers that no condition can tell apart are one class: one of each says all there is to say."""

import bisect
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from services.bundle.composition.rules.conditions import TOO_MANY_ANSWERS, Condition
from services.bundle.composition.rules.field_records import FieldDefinition
from services.bundle.composition.rules.merging import possible_options
from services.bundle.composition.rules.values import Unfit, fit

NUMBERS = ("integer", "number")


def answer_classes(
    fields: Iterable[FieldDefinition],
    conditions: Collection[Condition],
    counts: Collection[str] = (),
) -> dict[str, Sequence[Any] | None]:
    """For each question an answer of every class; None where the classes cannot be told.

    `counts`: questions that say how often something repeats; no times is a class of its own.
    """
    found: dict[str, Sequence[Any] | None] = {}
    for field in fields:
        readers = [one for one in conditions if field.code in one.reads]
        values: list[Any] = [1] if field.code in counts else []
        for condition in readers:
            values += condition.compares or ()
        plain = all(one.compares is not None for one in readers)
        found[field.code] = _classes(field, values, plain)
    return found


def _classes(field: FieldDefinition, values: list[Any], plain: bool) -> Sequence[Any] | None:
    all_of_them = possible_answers(field)
    if not plain or field.type == "boolean":
        return all_of_them or None
    bounds = sorted({value for value in values if _comparable(value, field)})
    one_each: dict[tuple[int, int], Any] = {}
    for value in all_of_them or _around(field, bounds):
        side = bisect.bisect_left(bounds, value), bisect.bisect_right(bounds, value)
        one_each.setdefault(side, value)
    return tuple(one_each.values()) or None


def _comparable(value: Any, field: FieldDefinition) -> bool:
    if isinstance(value, bool):
        return False
    if field.type in NUMBERS:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, str)


def possible_answers(field: FieldDefinition) -> Sequence[Any]:
    """All answers to a question that has few; empty where they are many."""
    if field.type == "boolean":
        return (False, True)
    if field.type == "choice":
        return possible_options(field)
    least, most = field.rule.minimum, field.rule.maximum
    if field.type != "integer" or least is None or most is None or most - least > TOO_MANY_ANSWERS:
        return ()
    return range(math.ceil(least), math.floor(most) + 1)


def _around(field: FieldDefinition, bounds: Sequence[Any]) -> Iterator[Any]:
    """An answer on each side of every bound.

    Of text there may be one that its rules would refuse: a class too many, never one too few.
    """
    if field.type not in NUMBERS:
        yield "" if "" not in bounds else "\x01"
        for text in bounds:
            yield from (text, text + "\x01")
        return
    for number in _numbers(field, bounds):
        try:
            whole = math.floor(number) if field.type == "integer" else float(number)
            yield fit(whole, field.type, field.rule)
        except Unfit:
            continue


def _numbers(field: FieldDefinition, bounds: Sequence[float]) -> Iterator[float]:
    yield from (one for one in (field.rule.minimum, field.rule.maximum) if one is not None)
    if field.rule.minimum is not None:
        yield math.ceil(field.rule.minimum)
    yield from (0, 1)
    for bound in bounds:
        yield from (bound - 1, bound, bound + 1)
    for one, next_ in zip(bounds, bounds[1:], strict=False):
        yield (one + next_) / 2
        yield math.floor(one) + 1
