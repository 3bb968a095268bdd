"""Questions that guide (情形引导): asked as long as their answers can still change the plan."""

from collections.abc import Mapping
from typing import Any

from services.bundle.composition.rules.effects import influence
from services.bundle.composition.rules.publishing import Published

Json = dict[str, Any]


def open_questions(published: Published, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The unanswered questions that matter, in the bundle's order; none: the plan is settled.

    Depends on nothing but the answers: whoever is asked cannot tell what lies in a wallet.
    """
    if all(code in answers for code in published.bundle.questions):
        return ()
    found = influence(published.distinct_effects, answers, published.classes)
    matter = found.certain | found.unexamined
    return tuple(code for code in published.bundle.questions if code in matter)


def guidance(published: Published, answers: Mapping[str, Any]) -> Json | None:
    """What to ask next, as JSON; None when enough is answered.  `answers` are checked ones."""
    open_ = open_questions(published, answers)
    if not open_:
        return None
    bundle = published.bundle
    return {
        "bundle": bundle.code,
        "version": bundle.version,
        "name": bundle.name,
        "region": bundle.region,
        "answers": dict(answers),
        "next": _question(published, open_[0]),
        "open": [_question(published, code) for code in open_],
        "not_needed": [q for q in bundle.questions if q not in answers and q not in open_],
    }


def _question(published: Published, code: str) -> Json:
    definition = published.fields[code]
    text, text_en = published.bundle.wording[code]
    return {
        "field": code,
        "name": definition.name,
        "name_en": definition.name_en,
        "text": text,
        "text_en": text_en,
        "type": definition.type,
        "rule": definition.rule.record(),
        "decides": _decides(published, code),
    }


def _decides(published: Published, code: str) -> list[Json]:
    """Why it is asked: the members that hang on the answer, or ask for more or less by it."""
    hang = [
        published.items[member.item].item
        for member in published.bundle.members
        if any(code in effect.questions for effect in published.effects[member.member])
    ]
    return [{"item": item.code, "name": item.name, "name_en": item.name_en} for item in hang]
