"""A filing against its plan: everything asked is there and fits, and nothing else is.

Messages name the field and what would be right, never the value: it may be personal data.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.bundle.composition.rules.commitments import signature_flaws
from services.bundle.composition.rules.field_records import Rule
from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.values import Unfit, fit, wanted
from services.chassis.errors import Flaw, Invalid

Json = Mapping[str, Any]

MOST_ENTRIES = 50


class FilingIncomplete(Invalid):
    """The filing does not have what the plan asks for."""

    zh = "申报内容不完整或不符合要求。"


def check_filing(
    plan: Json, form: Json, materials: Mapping[str, Sequence[str]], signed: Sequence[Json] = ()
) -> dict[str, Any]:
    """The form as we keep it: values normalised, what the questions answered filled in.

    Raises FilingIncomplete with every flaw.  Whether uploads exist is for the caller to say.
    """
    flaws: list[Flaw] = []
    cleaned: dict[str, Any] = {}
    for asked in plan["form"]:
        _check_field(asked, form, plan["answers"], cleaned, flaws)
    known = {asked["field"] for asked in plan["form"]}
    flaws += [_unknown("form", field) for field in form if field not in known]
    flaws += _material_flaws(plan, materials)
    flaws += signature_flaws(plan, signed)
    if flaws:
        raise FilingIncomplete(errors=flaws)
    return cleaned


def _check_field(
    asked: Json, form: Json, answers: Json, cleaned: dict[str, Any], flaws: list[Flaw]
) -> None:
    code, value = asked["field"], form.get(asked["field"])
    if asked["type"] == "list":
        _check_list(asked, value, cleaned, flaws)
        return
    if _blank(value) and code in answers:
        value = answers[code]
    kept = _check_value(asked, value, pointer("form", code), cleaned, flaws)
    if kept and cleaned[code] != answers.get(code, cleaned[code]):
        zh = f"{asked['name']}须与问题的回答一致。"
        en = f"{_english(asked)} must be the same as in the answers."
        flaws.append(flaw("contradicts-answer", pointer("form", code), zh, en, field=code))


def _check_value(
    asked: Json, value: Any, place: str, cleaned: dict[str, Any], flaws: list[Flaw]
) -> bool:
    """Keep a value that fits, and say whether one was kept.  What is not required may be absent."""
    if _blank(value) and not asked["required"]:
        return False
    rule = Rule.from_record(asked["rule"])
    try:
        cleaned[asked["field"]] = fit(value, asked["type"], rule)
        return True
    except Unfit:
        zh, en = wanted(asked["type"], rule)
        missing = _blank(value)
        flaws.append(
            flaw(
                "missing-field" if missing else "wrong-field",
                place,
                f"{'缺少：' if missing else ''}{asked['name']}，{zh}。",
                f"{'Missing: ' if missing else ''}{_english(asked)}, {en}.",
                field=asked["field"],
            )
        )
        return False


def _check_list(asked: Json, value: Any, cleaned: dict[str, Any], flaws: list[Flaw]) -> None:
    code, entries = asked["field"], [] if _blank(value) else value
    if not isinstance(entries, list | tuple) or not _right_length(asked, len(entries)):
        zh, en = _length_wanted(asked)
        name = "missing-field" if _blank(value) else "wrong-field"
        flaws.append(flaw(name, pointer("form", code), zh, en, field=code))
        return
    kept: list[dict[str, Any]] = []
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            zh, en = (
                f"{asked['name']}的每一项应为对象。",
                f"{_english(asked)}: an entry is an object.",
            )
            flaws.append(flaw("wrong-field", pointer("form", code, index), zh, en, field=code))
            continue
        kept.append({})
        for sub in asked["entry"]:
            place = pointer("form", code, index, sub["field"])
            _check_value(sub, entry.get(sub["field"]), place, kept[-1], flaws)
        known = {sub["field"] for sub in asked["entry"]}
        flaws += [_unknown("form", code, index, field) for field in entry if field not in known]
    if kept or entries:
        cleaned[code] = kept


def _right_length(asked: Json, length: int) -> bool:
    if asked["entries"] is not None:
        return bool(length == asked["entries"])
    least, most = _bounds(asked)
    return length == 0 and not asked["required"] or least <= length <= most


def _bounds(asked: Json) -> tuple[int, int]:
    """A list's own rule bounds its length."""
    rule = Rule.from_record(asked["rule"])
    least = int(rule.minimum or 0)
    most = MOST_ENTRIES if rule.maximum is None else min(int(rule.maximum), MOST_ENTRIES)
    return max(least, 1 if asked["required"] else 0), most


def _length_wanted(asked: Json) -> tuple[str, str]:
    name, english, entries = asked["name"], _english(asked), asked["entries"]
    if entries is not None:
        return f"{name}应有{entries}项。", f"{english} must have {entries} entries."
    least, most = _bounds(asked)
    return f"{name}应有{least}到{most}项。", f"{english} must have {least} to {most} entries."


def _material_flaws(plan: Json, materials: Mapping[str, Sequence[str]]) -> Iterator[Flaw]:
    asked = {material["key"]: material for material in plan["materials"]}
    spared = {
        f"{one['evidence']}:{one['owner']}": (one["name"], one["evidence"], one["why"])
        for one in plan["not_asked"]
    }
    for signed in plan.get("commitments", ()):
        replaced = [one["material"] for one in signed["replaces"] if signed["chosen"]]
        spared |= {key: (key, key, "commitment") for key in replaced}
    for key, material in asked.items():
        yield from _material(material, materials.get(key))
    for key in materials:
        if key in spared and key not in asked:
            yield _not_to_be_asked(key, spared[key])
        elif key not in asked:
            yield _unknown("materials", key)


def _material(material: Json, given: Sequence[str] | None) -> Iterator[Flaw]:
    key, name = material["key"], material["name"]
    english, place = material["name_en"] or material["evidence"], pointer("materials", key)
    if material["kind"] == "commitment":
        if given is None:
            zh, en = f"缺少告知承诺：{name}。", f"Missing: the commitment for {english}."
            yield flaw("missing-commitment", place, zh, en, material=key)
        elif given:
            zh = f"{name}以告知承诺代替，无需上传。"
            en = f"{english} is replaced by a commitment and takes no upload."
            yield flaw("commitment-upload", place, zh, en, material=key)
    elif not given and not material["deferrable"]:
        zh, en = f"缺少材料：{name}。", f"Missing: {english}."
        yield flaw("missing-material", place, zh, en, material=key)


WHY_NOT = {
    "issued": ("由本次联办事项核发", "it is issued on the way"),
    "held": ("材料库中已有", "it is held already"),
    "register": ("由登记信息核验", "a register answers it"),
    "retired": ("核发该材料的事项已取消或改革，任何人不得再要求提交", "nobody issues it any more"),
    "commitment": ("已选择以告知承诺代替", "the commitment you sign replaces it"),
}


def _not_to_be_asked(key: str, spared: tuple[str, str, str]) -> Flaw:
    name, code, why = spared
    zh, en = WHY_NOT[why]
    return flaw(
        "material-not-asked",
        pointer("materials", key),
        f"{name}无需提交：{zh}。",
        f"{code} must not be handed in: {en}.",
        material=key,
    )


def _unknown(part: str, *keys: str | int) -> Flaw:
    zh, en = "方案中没有这一项，请去掉。", "The plan does not ask for this; leave it out."
    name = "unknown-material" if part == "materials" else "unknown-field"
    return flaw(name, pointer(part, *keys), zh, en)


def _english(asked: Json) -> str:
    return str(asked["name_en"] or asked["field"])


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
