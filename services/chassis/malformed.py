"""What Pydantic found wrong with a request, said in Chinese and English, by JSON pointer.

The offending value is never repeated: it may be personal data.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.errors import Flaw

DATE = ("应为日期 YYYY-MM-DD。", "This should be a date, YYYY-MM-DD.")
MOMENT = (
    "应为带时区的时间，如 2026-11-24T09:20:00+08:00。",
    "This should be a time with its offset, such as 2026-11-24T09:20:00+08:00.",
)
# Pydantic's error type -> (Chinese, English).  {...} are filled from the error's context.
MESSAGES = {
    "missing": ("缺少此项。", "This is required."),
    "extra_forbidden": ("没有这一项，请删去。", "There is no such member; leave it out."),
    "json_invalid": (
        "不是合法的 JSON（第 {at} 个字符起）。",
        "This is not valid JSON, from character {at} on.",
    ),
    "string_type": ("应为文字。", "This should be a string."),
    "string_unicode": ("应为合法的 Unicode 文字。", "This should be valid Unicode text."),
    "string_too_short": ("至少 {min_length} 个字。", "At least {min_length} characters."),
    "string_too_long": ("至多 {max_length} 个字。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("应符合格式 {pattern}。", "This should match {pattern}."),
    "int_type": ("应为整数。", "This should be an integer."),
    "int_parsing": ("应为整数。", "This should be an integer."),
    "int_from_float": ("应为整数。", "This should be an integer."),
    "int_parsing_size": ("应为较小的整数。", "This should be a smaller integer."),
    "finite_number": ("应为有限的数。", "This should be a finite number."),
    "float_type": ("应为数字。", "This should be a number."),
    "float_parsing": ("应为数字。", "This should be a number."),
    "bool_type": ("应为 true 或 false。", "This should be true or false."),
    "bool_parsing": ("应为 true 或 false。", "This should be true or false."),
    "dict_type": ("应为对象。", "This should be an object."),
    "model_type": ("应为对象。", "This should be an object."),
    "model_attributes_type": ("应为对象。", "This should be an object."),
    "list_type": ("应为数组。", "This should be an array."),
    "tuple_type": ("应为数组。", "This should be an array."),
    "set_type": ("应为数组。", "This should be an array."),
    "frozen_set_type": ("应为数组。", "This should be an array."),
    "too_short": ("至少 {min_length} 项。", "At least {min_length} entries."),
    "too_long": ("至多 {max_length} 项。", "At most {max_length} entries."),
    "literal_error": ("应为 {expected} 之一。", "This should be one of {expected}."),
    "enum": ("应为 {expected} 之一。", "This should be one of {expected}."),
    "greater_than": ("应大于 {gt}。", "This should be greater than {gt}."),
    "greater_than_equal": ("应不小于 {ge}。", "This should be at least {ge}."),
    "less_than": ("应小于 {lt}。", "This should be less than {lt}."),
    "less_than_equal": ("应不大于 {le}。", "This should be at most {le}."),
    "uuid_parsing": ("应为 UUID。", "This should be a UUID."),
    "uuid_type": ("应为 UUID。", "This should be a UUID."),
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "date_parsing": DATE,
    "date_type": DATE,
    "datetime_from_date_parsing": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_type": MOMENT,
    "timezone_aware": MOMENT,
}
OWNED = (
    "应为“材料类型:持有人”，如 identity-card:applicant。",
    "This should be `evidence:owner`, such as identity-card:applicant.",
)
ONE_LINE = ("应为一行文字，不含控制字符。", "This should be one line, without control characters.")
# What a pattern that we use asks for, said in words; {...} as above for all others.
CODED = "应为代码：小写字母开头，只含小写字母、数字和“{0}”。"
CODED_EN = "This should be a code: lower-case letters, digits and {0}, a letter first."
PATTERNS = {
    r"^[a-z][a-z0-9-]*$": (CODED.format("-"), CODED_EN.format("hyphens")),
    r"^[a-z][a-z0-9_]*$": (CODED.format("_"), CODED_EN.format("underscores")),
    r"^[0-9A-Z-]+$": (
        "只含数字、大写字母和“-”。",
        "This should have digits, capital letters and hyphens only.",
    ),
    r"^[0-9]{2}$": ("应为两位数字。", "This should be two digits."),
    r"^sha256:[0-9a-f]{64}$": (
        "应为摘要（sha256:… ），即存入内容或取得方案时答复中的 digest，原样填入。",
        "This should be a digest, sha256:…, just as we answered it when the content was stored "
        "or the plan was composed.",
    ),
    r"^[a-z][a-z0-9-]*:[a-z][a-z0-9_-]*(\[[0-9]+\])?$": OWNED,
    r"^[a-z][a-z0-9-]*(:[a-z][a-z0-9_-]*(\[[0-9]+\])?)?$": OWNED,
    r"^[^\x00]*\S[^\x00]*$": ("不能是空白。", "This should not be blank."),
    r"^[^\x00-\x1f\x7f]+$": ONE_LINE,
    r"^[^\x00-\x1f\x7f]*$": ONE_LINE,
}
BODILESS = (
    "请求没有正文；应为 JSON，没有内容可写 {}。",
    "The request has no body; it should be JSON, {} where there is nothing to say.",
)
OTHERWISE = ("不符合文档中的要求。", "This is not what the documentation asks for.")
# Where FastAPI found the value, first in `loc`, as the first step of our pointer.
PLACES = {"body": "", "query": "/query", "path": "/path", "header": "/header", "cookie": "/cookie"}


def flaws(errors: Iterable[Any]) -> list[Flaw]:
    return [_flaw(error) for error in errors]


def _flaw(error: Mapping[str, Any]) -> Flaw:
    kind, where = error["type"], error.get("loc", ())
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    if kind == "json_invalid":
        context["at"] = str(where[-1] + 1) if where and isinstance(where[-1], int) else "1"
        where = ()  # a place in the text, which is no place in a document
    if kind == "missing" and tuple(where) == ("body",):
        return Flaw("", *BODILESS)
    zh, en = PATTERNS.get(context.get("pattern", ""), MESSAGES.get(kind, OTHERWISE))
    return Flaw(pointer(where), _chinese(zh, context), _english(en, context))


def _chinese(message: str, context: Mapping[str, str]) -> str:
    """Pydantic lists what it expected in English."""
    told = dict(context)
    if "expected" in told:
        told["expected"] = re.sub(r"(?<='), (?=')|(?<=') or (?=')", "、", told["expected"])
    return message.format_map(told)


def _english(message: str, context: Mapping[str, str]) -> str:
    said = message.format_map(context)
    return re.sub(r"\b1 (entr|character)(?:ies|s)\b", lambda one: ONE[one[1]], said)


ONE = {"entr": "1 entry", "character": "1 character"}


def pointer(location: Iterable[str | int]) -> str:
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in location]
    if steps and steps[0] in PLACES:
        return PLACES[steps[0]] + "".join(f"/{step}" for step in steps[1:])
    return "".join(f"/{step}" for step in steps)
