"""Whether one value fits one field, and the words for what would fit.

Messages describe the rule and never repeat the value: it may be personal data.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from cel_expr_python import cel

from services.bundle.composition.rules.field_records import Rule
from services.bundle.composition.rules.identifiers import is_credit_code, is_id_number, is_phone

LONGEST_TEXT = 4000
LARGEST_INTEGER = 2**53 - 1
"""Beyond this, JSON readers no longer agree on the number."""

# Databases refuse NUL, JSON writers refuse lone surrogates; nobody needs other controls.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# RE2 runs in linear time: a pattern from the catalogue cannot hang a filing.
_MATCHES = cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING}).compile(
    "text.matches(pattern)"
)

KINDS = {
    "text": ("应为文字", "must be text"),
    "integer": ("应为整数", "must be a whole number"),
    "number": ("应为数字", "must be a number"),
    "boolean": ("应为 true（是）或 false（否）", "must be true or false"),
    "date": ("应为日期（YYYY-MM-DD）", "must be a date (YYYY-MM-DD)"),
    "choice": ("应为选项之一", "must be a choice"),
    "id_number": (
        "应为18位公民身份号码（末位校验码须正确）",
        "must be an 18-character identity number with a correct check character",
    ),
    "credit_code": (
        "应为18位统一社会信用代码（末位校验码须正确）",
        "must be an 18-character unified social credit code with a correct check character",
    ),
    "phone": ("应为以1开头的11位手机号码", "must be an 11-digit mobile number starting with 1"),
    "list": ("应为列表", "must be a list"),
}


class Unfit(Exception):
    """The value does not fit; `wanted` says what would."""


def fit(value: Any, type_: str, rule: Rule) -> Any:
    """The value as we keep it.  Raises Unfit."""
    cleaned = READERS[type_](value)
    if isinstance(cleaned, str):
        _check_text(cleaned, rule)
    elif not isinstance(cleaned, bool):
        _check_bounds(cleaned, rule)
    return cleaned


def wanted(type_: str, rule: Rule) -> tuple[str, str]:
    """What would fit, in Chinese and English."""
    zh, en = ([words] for words in KINDS[type_])
    if rule.minimum is not None:
        zh.append(f"不小于{rule.minimum:.15g}")
        en.append(f"at least {rule.minimum:.15g}")
    if rule.maximum is not None:
        zh.append(f"不大于{rule.maximum:.15g}")
        en.append(f"at most {rule.maximum:.15g}")
    if rule.max_length is not None:
        zh.append(f"不超过{rule.max_length}个字符")
        en.append(f"at most {rule.max_length} characters")
    for pattern in rule.patterns:
        zh.append(f"格式须符合 {pattern}")
        en.append(f"must match {pattern}")
    if rule.options:
        zh.append("可选：" + "、".join(f"{o.value}（{o.name}）" for o in rule.options))
        en.append("one of " + ", ".join(f"{o.value} ({o.name_en or o.name})" for o in rule.options))
    return "，".join(zh), ", ".join(en)


def is_pattern(pattern: str) -> bool:
    return isinstance(_matched(pattern, ""), bool)


def _matched(pattern: str, text: str) -> Any:
    return _MATCHES.eval(data={"text": text, "pattern": f"^(?:{pattern})$"}).value()


def _check_text(text: str, rule: Rule) -> None:
    if len(text) > (rule.max_length or LONGEST_TEXT):
        raise Unfit
    if rule.options and all(text != option.value for option in rule.options):
        raise Unfit
    if any(_matched(pattern, text) is not True for pattern in rule.patterns):
        raise Unfit


def _check_bounds(number: float, rule: Rule) -> None:
    if rule.minimum is not None and number < rule.minimum:
        raise Unfit
    if rule.maximum is not None and number > rule.maximum:
        raise Unfit


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or UNWRITABLE.search(value):
        raise Unfit
    return value


def _integer(value: Any) -> int:
    if type(value) is not int or abs(value) > LARGEST_INTEGER:
        raise Unfit
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit
    # Written so that NaN fails too; a float() of a huge integer would raise.
    if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        raise Unfit
    return float(value) + 0.0  # -0.0 is 0.0, 300 is 300.0: one value, one digest


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit
    return value


def _date(value: Any) -> str:
    text = _text(value)
    try:
        # fromisoformat alone also takes 20240101 and 2024-W01-1.
        if ISO_DATE.fullmatch(text) and date.fromisoformat(text):
            return text
    except ValueError:
        pass
    raise Unfit


def _number_that(proves: Callable[[str], bool]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value).strip().upper()
        if not proves(text):
            raise Unfit
        return text

    return read


READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "choice": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "id_number": _number_that(is_id_number),
    "credit_code": _number_that(is_credit_code),
    "phone": _number_that(is_phone),
}
