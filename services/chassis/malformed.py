"""What Pydantic found wrong with a request, said in Chinese and English, by JSON pointer.

The offending value is never repeated: it may be personal data.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.errors import Flaw

# Pydantic's error type -> (Chinese, English).  {...} are filled from the error's context.
MESSAGES = {
    "missing": ("缺少此项。", "This is required."),
    "extra_forbidden": ("没有这一项，请删去。", "There is no such member; leave it out."),
    "json_invalid": ("不是合法的 JSON。", "This is not valid JSON."),
    "string_type": ("应为文字。", "This should be a string."),
    "string_too_short": ("至少 {min_length} 个字。", "At least {min_length} characters."),
    "string_too_long": ("至多 {max_length} 个字。", "At most {max_length} characters."),
    "string_pattern_mismatch": ("应符合格式 {pattern}。", "This should match {pattern}."),
    "int_type": ("应为整数。", "This should be an integer."),
    "int_parsing": ("应为整数。", "This should be an integer."),
    "int_from_float": ("应为整数。", "This should be an integer."),
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
    "date_from_datetime_parsing": ("应为日期 YYYY-MM-DD。", "This should be a date, YYYY-MM-DD."),
    "date_parsing": ("应为日期 YYYY-MM-DD。", "This should be a date, YYYY-MM-DD."),
    "date_type": ("应为日期 YYYY-MM-DD。", "This should be a date, YYYY-MM-DD."),
    "datetime_parsing": ("应为 RFC 3339 时间。", "This should be an RFC 3339 time."),
    "datetime_type": ("应为 RFC 3339 时间。", "This should be an RFC 3339 time."),
}
OTHERWISE = ("不符合文档中的要求。", "This is not what the documentation asks for.")
# Where FastAPI found the value, first in `loc`, as the first step of our pointer.
PLACES = {"body": "", "query": "/query", "path": "/path", "header": "/header", "cookie": "/cookie"}


def flaws(errors: Iterable[Any]) -> list[Flaw]:
    return [_flaw(error) for error in errors]


def _flaw(error: Mapping[str, Any]) -> Flaw:
    zh, en = MESSAGES.get(error["type"], OTHERWISE)
    context = {key: str(value) for key, value in error.get("ctx", {}).items()}
    where = error.get("loc", ())
    if error["type"] == "json_invalid":
        where = ()  # a place in the text, which is no place in a document
    return Flaw(pointer(where), zh.format_map(context), en.format_map(context))


def pointer(location: Iterable[str | int]) -> str:
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in location]
    if steps and steps[0] in PLACES:
        return PLACES[steps[0]] + "".join(f"/{step}" for step in steps[1:])
    return "".join(f"/{step}" for step in steps)
