"""Two versions of a bundle, compared in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules.flaws import pointer

Json = Mapping[str, Any]
Words = tuple[str, str]
"""The same in Chinese and in English."""

PLAIN: Mapping[str, Words] = {
    "name": ("名称", "The name"),
    "name_en": ("英文名称", "The English name"),
    "region": ("地区", "The region"),
    "lead_department": ("牵头部门", "The lead department"),
    "audience": ("服务对象", "The audience"),
    "source_note": ("来源说明", "The source note"),
    "holder": ("持证人角色", "The holder"),
}
MEMBER: Mapping[str, Words] = {
    "item": ("事项", "item"),
    "when": ("条件", "condition"),
    "holder": ("持证人", "holder"),
    "on_refusal": ("不予批准时的处理", "policy on refusal"),
    "repeat": ("重复方式", "repeat"),
}
PARTY: Mapping[str, Words] = {
    "kind": ("主体类型", "kind"),
    "who": ("身份", "part"),
    "list": ("列表", "list"),
    "name_field": ("姓名字段", "name field"),
    "number_field": ("证号字段", "number field"),
}
SAID: Mapping[str, Words] = {
    "stop": ("停止其余", "stop the others"),
    "continue": ("其余继续", "go on with the others"),
    "ask": ("询问申请人", "ask the applicant"),
    "working_day": ("个工作日", "working days"),
    "natural_day": ("个自然日", "natural days"),
    "hour": ("小时", "hours"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.  `pointer` leads into the newer version, to what is gone in the older."""

    change: str
    """added, removed, changed or moved."""
    pointer: str
    zh: str
    en: str


def differences(old: Json, new: Json) -> list[Change]:
    """Everything by which two records of a bundle differ, in the order of the record."""
    return [
        *_plain(old, new),
        *_keyed("parties", "role", ("角色", "party"), PARTY, old, new),
        *_questions(old, new),
        *_keyed("members", "member", ("联办事项", "member"), MEMBER, old, new),
        *_edges(old, new),
        *_thresholds(old.get("thresholds", {}), new.get("thresholds", {})),
        *_promise(old.get("promised"), new.get("promised")),
    ]


def item_differences(old: Mapping[str, int], new: Mapping[str, int]) -> Iterator[Change]:
    """Items that stayed in the bundle and came into it in another version."""
    for code in sorted(old.keys() & new.keys()):
        if old[code] != new[code]:
            zh = f"事项 {code} 由第 {old[code]} 版换为第 {new[code]} 版。"
            en = f"Item {code} went from version {old[code]} to {new[code]}."
            yield Change("changed", pointer("items", code), zh, en)


def _plain(old: Json, new: Json) -> Iterator[Change]:
    for key, (zh, en) in PLAIN.items():
        if old.get(key, "") != new.get(key, ""):
            yield _changed(pointer(key), zh, en, old.get(key), new.get(key))


def _changed(place: str, zh: str, en: str, before: Any, after: Any) -> Change:
    (zh_before, en_before), (zh_after, en_after) = _said(before), _said(after)
    return Change(
        "changed",
        place,
        f"{zh}由“{zh_before}”改为“{zh_after}”。",
        f"{en} changed from “{en_before}” to “{en_after}”.",
    )


def _said(value: Any) -> Words:
    if value is None or value == "":
        return "无", "none"
    if isinstance(value, Mapping):
        parts = ", ".join(f"{key} {one}" for key, one in sorted(value.items()))
        return parts, parts
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    return SAID.get(str(value), (str(value), str(value)))


def _keyed(
    part: str, key: str, kind: Words, names: Mapping[str, Words], old: Json, new: Json
) -> Iterator[Change]:
    before, after = _by(key, old.get(part, ())), _by(key, new.get(part, ()))
    for name, (index, record) in after.items():
        if name not in before:
            zh, en = f"新增{kind[0]} {name}{_of(record)}。", f"New {kind[1]} {name}{_of(record)}."
            yield Change("added", pointer(part, index), zh, en)
            continue
        known = before[name][1]
        for field, (zh, en) in names.items():
            if known.get(field) != record.get(field):
                yield _changed(
                    pointer(part, index, field),
                    f"{kind[0]} {name} 的{zh}",
                    f"The {en} of {kind[1]} {name}",
                    known.get(field),
                    record.get(field),
                )
    yield from _removed(part, kind, before, after)
    yield from _moved(part, kind, before, after)


def _of(record: Json) -> str:
    return f" ({record['item']})" if "item" in record else ""


def _by(key: str, records: Sequence[Json]) -> dict[Any, tuple[int, Json]]:
    return {record[key]: (index, record) for index, record in enumerate(records)}


def _removed(
    part: str, kind: Words, before: Mapping[Any, tuple[int, Json]], after: Mapping[Any, Any]
) -> Iterator[Change]:
    for name, (index, _) in before.items():
        if name not in after:
            zh, en = f"删去{kind[0]} {name}。", f"{kind[1].capitalize()} {name} is gone."
            yield Change("removed", pointer(part, index), zh, en)


def _moved(
    part: str, kind: Words, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> Iterator[Change]:
    stayed = [name for name in after if name in before]
    if stayed != [name for name in before if name in after]:
        zh = f"{kind[0]}的顺序改为 {'、'.join(stayed)}。"
        en = f"The order of the {_plural(kind[1])} is now {', '.join(stayed)}."
        yield Change("moved", pointer(part), zh, en)


def _plural(word: str) -> str:
    return "parties" if word == "party" else f"{word}s"


def _questions(old: Json, new: Json) -> Iterator[Change]:
    names = {"text": ("问法", "wording"), "text_en": ("英文问法", "English wording")}
    yield from _keyed("questions", "field", ("问题", "question"), names, old, new)


def _edges(old: Json, new: Json) -> Iterator[Change]:
    before, after = _by_ends(old), _by_ends(new)
    for ends, (index, edge) in after.items():
        shown = f"{ends[0]} → {ends[1]}"
        if ends not in before:
            zh, en = f"新增先后关系 {shown}。", f"New order {shown}."
            yield Change("added", pointer("edges", index), zh, en)
        elif before[ends][1].get("state") != edge.get("state"):
            place, known = pointer("edges", index, "state"), before[ends][1]
            words = f"先后关系 {shown} 等待的环节", f"What {shown} waits for"
            yield _changed(place, *words, known.get("state"), edge.get("state"))
    for ends, (index, _) in before.items():
        if ends not in after:
            shown = f"{ends[0]} → {ends[1]}"
            zh, en = f"删去先后关系 {shown}。", f"Order {shown} is gone."
            yield Change("removed", pointer("edges", index), zh, en)


def _by_ends(record: Json) -> dict[tuple[str, str], tuple[int, Json]]:
    edges = enumerate(record.get("edges", ()))
    return {(edge["from"], edge["to"]): (index, edge) for index, edge in edges}


def _thresholds(old: Json, new: Json) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        place = pointer("thresholds", name)
        if name not in old:
            zh_value, en_value = _said(new[name])
            zh, en = f"新增门槛 {name}：{zh_value}。", f"New threshold {name}: {en_value}."
            yield Change("added", place, zh, en)
        elif name not in new:
            yield Change("removed", place, f"删去门槛 {name}。", f"Threshold {name} is gone.")
        elif old[name] != new[name]:
            yield _changed(place, f"门槛 {name} ", f"Threshold {name}", old[name], new[name])


def _promise(old: Json | None, new: Json | None) -> Iterator[Change]:
    if old == new:
        return
    before, after = _time(old), _time(new)
    zh = f"承诺时限由“{before[0]}”改为“{after[0]}”。"
    en = f"The promise changed from “{before[1]}” to “{after[1]}”."
    yield Change("changed", pointer("promised"), zh, en)


def _time(record: Json | None) -> Words:
    if record is None:
        return "无", "none"
    zh, en = SAID[record["unit"]]
    return f"{record['value']}{zh}", f"{record['value']} {en}"
