"""The one form: each field once, with everybody who asks for it."""

from collections.abc import Iterable
from typing import Any

from services.bundle.composition.rules.field_records import FieldDefinition
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.selecting import Selected, Situation


def gather_form(
    published: Published, members: Iterable[Selected], situation: Situation
) -> tuple[list[dict[str, Any]], int]:
    """The form; the number says how many fields are asked when each member files alone.

    A list counts as one field in both figures.
    """
    form: dict[str, dict[str, Any]] = {}
    alone = 0
    for member in members:
        own = set()
        for use in member.version.item.fields:
            if not situation.holds(use.when):
                continue
            own.add(use.field)
            if use.field not in form:
                form[use.field] = _asked(published, use.field, situation)
            asked = form[use.field]
            asked["required"] = asked["required"] or use.required
            asked["why"].append(
                {
                    "member": member.key,
                    "item": member.version.item.code,
                    "name": member.version.item.name,
                    "legal_basis": use.legal_basis,
                    "condition": use.when,
                    "answers": situation.read_by(use.when),
                }
            )
        alone += len(own)
    return list(form.values()), alone


def _asked(published: Published, code: str, situation: Situation) -> dict[str, Any]:
    definition = published.fields[code]
    is_list = definition.type == "list"
    return {
        **_field(definition, required=False),
        "entry": [_field(published.fields[sub], required=True) for sub in definition.of]
        if is_list
        else None,
        "entries": _entries(published, code, situation) if is_list else None,
        "why": [],
    }


def _field(definition: FieldDefinition, required: bool) -> dict[str, Any]:
    return {
        "field": definition.code,
        "name": definition.name,
        "name_en": definition.name_en,
        "type": definition.type,
        "rule": definition.rule.record(),
        "required": required,
        "personal": definition.personal,
    }


def _entries(published: Published, code: str, situation: Situation) -> int | None:
    """How many entries the list must have, where something is done once for each of them."""
    for member in published.bundle.members:
        if member.repeat and member.repeat.list == code and situation.holds(member.when):
            count: int = situation.answers[member.repeat.count]
            return count
    return None
