"""A bundle for another region: its items and thresholds replaced, everything else as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.reading import compared
from services.chassis.errors import Flaw, Invalid

Json = Mapping[str, Any]


class CopyFaulty(Invalid):
    """This copy names what the bundle does not have."""

    zh = "复制时指定了该“一件事”没有的内容。"


def copied(
    record: Json, items: Mapping[str, str], thresholds: Mapping[str, Any], **named: Any
) -> dict[str, Any]:
    """The record for another region.  `named`: region, name, lead department, where given.

    Raises CopyFaulty with every item and threshold that is not in it.
    """
    known = record.get("thresholds", {})
    if flaws := [*_item_flaws(record, items), *_threshold_flaws(known, thresholds)]:
        raise CopyFaulty(errors=flaws)
    members = [
        {**member, "item": items.get(member["item"], member["item"])}
        for member in record["members"]
    ]
    changed = {name: value for name, value in named.items() if value is not None}
    if known:
        changed["thresholds"] = {**known, **thresholds}
    return {**record, **changed, "members": members}


def _item_flaws(record: Json, items: Mapping[str, str]) -> Iterator[Flaw]:
    used = {member["item"] for member in record["members"]}
    for code in items:
        if code not in used:
            zh, en = f"没有联办事项使用事项 {code}。", f"No member uses item {code}."
            yield flaw("unknown-item", pointer("items", code), zh, en, item=code)


def _threshold_flaws(known: Json, thresholds: Json) -> Iterator[Flaw]:
    for name, value in thresholds.items():
        if name not in known:
            zh, en = f"该“一件事”没有门槛 {name}。", f"The bundle has no threshold {name}."
            yield flaw("unknown-threshold", pointer("thresholds", name), zh, en)
        elif _kind(value) != _kind(known[name]):
            zh = f"门槛 {name} 应与原值同为{KINDS[_kind(known[name])][0]}。"
            en = f"Threshold {name} should be {KINDS[_kind(known[name])][1]} like the original."
            yield flaw("threshold-kind", pointer("thresholds", name), zh, en)


KINDS = {
    "boolean": ("是或否", "true or false"),
    "number": ("数字", "a number"),
    "text": ("文字", "text"),
}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def unchanged(record: Json, items: Json, thresholds: Json) -> list[Flaw]:
    """What a copy of this record leaves as it was, for its designer to look at."""
    return [
        *_kept_items(record, items),
        *_kept_thresholds(record.get("thresholds", {}), thresholds),
        *_numbers(record),
    ]


def _kept_items(record: Json, items: Json) -> Iterator[Flaw]:
    for index, member in enumerate(record["members"]):
        if member["item"] not in items:
            zh = f"联办事项 {member['member']} 仍使用原地区的事项 {member['item']}。"
            en = f"Member {member['member']} still uses item {member['item']} of the first region."
            yield flaw("kept-item", pointer("members", index, "item"), zh, en)


def _kept_thresholds(known: Json, thresholds: Json) -> Iterator[Flaw]:
    for name in known:
        if name not in thresholds:
            zh = f"门槛 {name} 沿用原地区的值。"
            en = f"Threshold {name} has the value of the first region."
            yield flaw("kept-threshold", pointer("thresholds", name), zh, en)


def _numbers(record: Json) -> Iterator[Flaw]:
    """Numbers written into conditions are thresholds without a name."""
    named = dict.fromkeys(record.get("thresholds", ()), "a threshold")
    for index, member in enumerate(record["members"]):
        text = member.get("when")
        found = compared(text, named) if text else ()
        if found is None or any(_kind(one) == "number" for one in found):
            zh = f"联办事项 {member['member']} 的条件“{text}”中写有数值，未随地区替换。"
            en = f"The condition `{text}` of member {member['member']} has numbers of its own."
            yield flaw("number-in-condition", pointer("members", index, "when"), zh, en)
