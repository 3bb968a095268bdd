"""A bundle for another region: its items and thresholds replaced, everything else as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.reading import compared
from services.bundle.composition.rules.vocabulary import Items
from services.chassis.errors import Flaw, Invalid

Json = Mapping[str, Any]


class CopyFaulty(Invalid):
    """This copy names what the bundle does not have."""

    zh = "复制时指定了该“一件事”没有的内容。"


def copied(
    record: Json,
    items: Mapping[str, str],
    thresholds: Mapping[str, Any],
    known_items: Items,
    **named: Any,
) -> dict[str, Any]:
    """The record for another region.  `named`: region, name, lead department, where given.

    A threshold is the bundle's, or that of one of the items it will be made of: said by the copy,
    it holds for both.

    Raises CopyFaulty with every item and threshold that is not in it.
    """
    own = record.get("thresholds", {})
    known = {**_of_items(record, items, known_items), **own}
    if flaws := [*_item_flaws(record, items), *_threshold_flaws(known, thresholds)]:
        raise CopyFaulty(errors=flaws)
    members = [
        {**member, "item": items.get(member["item"], member["item"])}
        for member in record["members"]
    ]
    changed = {name: value for name, value in named.items() if value is not None}
    if own or thresholds:
        changed["thresholds"] = {**own, **thresholds}
    return {**record, **changed, "members": members}


def _of_items(record: Json, items: Mapping[str, str], known: Items) -> dict[str, Any]:
    """The thresholds of the items that the copy is made of."""
    codes = [items.get(member["item"], member["item"]) for member in record["members"]]
    own = [known[code].item.thresholds for code in codes if code in known]
    return {name: value for one in own for name, value in one.items()}


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


def unchanged(record: Json, items: Json, thresholds: Json, known_items: Items) -> list[Flaw]:
    """What a copy of this record leaves as it was, for its designer to look at."""
    kept = {code: one for code, one in known_items.items() if code not in items}
    known = {**_of_items(record, {}, kept), **record.get("thresholds", {})}
    return [
        *_kept_items(record, items),
        *_kept_thresholds(known, thresholds),
        *_numbers(record, known),
        *_numbers_of_items(record, items, known_items),
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


def _numbers(record: Json, thresholds: Json) -> Iterator[Flaw]:
    """Numbers written into conditions are thresholds without a name."""
    for index, member in enumerate(record["members"]):
        text = member.get("when")
        if text and _has_numbers(text, thresholds):
            zh = f"联办事项 {member['member']} 的条件“{text}”中写有数值，未随地区替换。"
            en = f"The condition `{text}` of member {member['member']} has numbers of its own."
            yield flaw("number-in-condition", pointer("members", index, "when"), zh, en)


def _numbers_of_items(record: Json, items: Json, known: Items) -> Iterator[Flaw]:
    """The same of the items that are kept, each once."""
    told = set()
    for index, member in enumerate(record["members"]):
        code = member["item"]
        if code in items or code not in known or code in told:
            continue
        told.add(code)
        item = known[code].item
        uses = [one.when for one in item.fields] + [one.when for one in item.requirements]
        for text in dict.fromkeys(uses):
            if text and _has_numbers(text, item.thresholds):
                zh = f"事项 {code} 的条件“{text}”中写有数值，未随地区替换。"
                en = f"The condition `{text}` of item {code} has numbers of its own."
                yield flaw("number-in-item", pointer("members", index, "item"), zh, en, item=code)


def _has_numbers(text: str, thresholds: Json) -> bool:
    """Nought is none, wherever one is."""
    found = compared(text, dict.fromkeys(thresholds, "a threshold"))
    return found is None or any(_kind(one) == "number" and one != 0 for one in found)
