"""The fields and evidence types of a bundle: one meaning each, all of them known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.bundle.composition.rules.bundle_records import Bundle
from services.bundle.composition.rules.field_records import EvidenceType, FieldDefinition
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.item_records import ItemVersion
from services.bundle.composition.rules.merging import Contradiction, merged
from services.chassis.errors import Flaw

Items = Mapping[str, ItemVersion]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    fields: Mapping[str, FieldDefinition]
    evidence: Mapping[str, EvidenceType]
    asked: frozenset[str]
    """The fields that some member's item puts on the form."""
    places: Mapping[str, str]
    """Item code -> pointer at the first member that brings it."""


def gather(bundle: Bundle, items: Items) -> tuple[Vocabulary, list[Flaw]]:
    """Merge what the members' items embed.  A contradictory code is left out and told."""
    places: dict[str, str] = {}
    for index, member in enumerate(bundle.members):
        places.setdefault(member.item, pointer("members", index, "item"))
    flaws: list[Flaw] = []
    vocabulary = Vocabulary(
        fields=_fields(items, places, flaws),
        evidence=_evidence(items, places, flaws),
        asked=frozenset(use.field for code in places for use in items[code].item.fields),
        places=places,
    )
    flaws += _list_flaws(vocabulary)
    for code in places:
        flaws += _item_flaws(items[code], vocabulary, bundle)
    return vocabulary, flaws


def _fields(
    items: Items, places: Mapping[str, str], flaws: list[Flaw]
) -> dict[str, FieldDefinition]:
    found: dict[str, list[tuple[str, FieldDefinition]]] = {}
    for item, place in places.items():
        for definition in items[item].fields:
            found.setdefault(definition.code, []).append((place, definition))
    fields: dict[str, FieldDefinition] = {}
    for code, definitions in found.items():
        try:
            fields[code] = merged(definition for _, definition in definitions)
        except Contradiction as conflict:
            zh = f"字段 {code} 的定义相互冲突：{conflict.zh}。"
            en = f"Field {code} {conflict.en}."
            flaws.append(flaw("conflicting-field", definitions[-1][0], zh, en, field=code))
    return fields


def _evidence(
    items: Items, places: Mapping[str, str], flaws: list[Flaw]
) -> dict[str, EvidenceType]:
    types: dict[str, EvidenceType] = {}
    for item, place in places.items():
        for type_ in items[item].evidence_types:
            known = types.setdefault(type_.code, type_)
            same = (known.holder_kind, known.subject_field)
            if same != (type_.holder_kind, type_.subject_field):
                zh = f"材料 {type_.code} 的持有人类型或关联字段定义不一致。"
                en = f"Evidence {type_.code} is defined with different holder kinds or subjects."
                flaws.append(flaw("conflicting-evidence", place, zh, en, evidence=type_.code))
    return types


def _list_flaws(vocabulary: Vocabulary) -> Iterator[Flaw]:
    fields = vocabulary.fields
    for definition in fields.values():
        if definition.type != "list" or definition.code not in vocabulary.asked:
            continue
        if not definition.of:
            zh, en = "没有子字段", "has no fields for its entries"
            yield _list_flaw(definition, zh, en)
        for code in definition.of:
            if code not in fields:
                zh, en = f"的子字段 {code} 没有定义", f"names an unknown field {code}"
                yield _list_flaw(definition, zh, en)
            elif fields[code].type == "list":
                zh, en = f"的子字段 {code} 又是列表", f"has a list {code} inside its entries"
                yield _list_flaw(definition, zh, en)


def _list_flaw(definition: FieldDefinition, zh: str, en: str) -> Flaw:
    code = definition.code
    return flaw("faulty-list", "/members", f"列表 {code} {zh}。", f"List {code} {en}.", field=code)


def _item_flaws(version: ItemVersion, vocabulary: Vocabulary, bundle: Bundle) -> Iterator[Flaw]:
    item, place = version.item, vocabulary.places[version.item.code]
    for use in item.fields:
        if use.field not in vocabulary.fields:
            yield unknown_field(place, use.field, f"事项 {item.code}", f"Item {item.code}")
    needed = [requirement.evidence for requirement in item.requirements]
    for code in dict.fromkeys(needed + ([item.issues] if item.issues else [])):
        type_ = vocabulary.evidence.get(code)
        if type_ is None:
            zh = f"事项 {item.code} 用到了未知的材料 {code}。"
            en = f"Item {item.code} names an unknown evidence type {code}."
            yield flaw("unknown-evidence", place, zh, en, item=item.code, evidence=code)
        elif type_.subject_field and not _told(type_.subject_field, vocabulary, bundle):
            zh = f"材料 {code} 关联的字段 {type_.subject_field} 没有任何问题或事项询问。"
            en = f"Nothing asks {type_.subject_field}, which says what evidence {code} is about."
            yield flaw("subject-not-asked", place, zh, en, evidence=code, field=type_.subject_field)


def _told(field: str, vocabulary: Vocabulary, bundle: Bundle) -> bool:
    return field in vocabulary.asked or field in bundle.questions


def unknown_field(place: str, field: str, zh_who: str, en_who: str) -> Flaw:
    zh = f"{zh_who} 用到了未知的字段 {field}。"
    en = f"{en_who} names an unknown field {field}."
    return flaw("unknown-field", place, zh, en, field=field)
