"""What an answer to a correction must bring, and what it does to form and dossiers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.bundle.applications.rules import AT_A_DESK, MemberState
from services.bundle.composition.rules import Correctable, FilingIncomplete, check_filing
from services.bundle.composition.rules.flaws import pointer
from services.chassis.errors import Conflict, Flaw, Invalid

Json = Mapping[str, Any]


class NothingToCorrect(Conflict):
    """Nothing has to be put right here (any more)."""

    zh = "该事项没有（或不再有）需要您补正的内容。"


class CorrectionNotAsked(Invalid):
    """Only what was asked can be put right; nothing was changed."""

    zh = "只能补正所要求的内容；本次没有任何改动。"


class CorrectionIncomplete(Invalid):
    """The answer does not put right all that was asked; nothing was changed."""

    zh = "补正内容不完整或不符合要求；本次没有任何改动。"


def check_answer(
    plan: Json,
    known: Correctable,
    asked: Json,
    identifying: Collection[str],
    form: Json,
    materials: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """The fields as they are kept.  `asked`: the open correction's fields and material keys.

    `identifying`: fields that say who somebody is.  Whoever gave another person's number files
    anew: everything that was checked about the holder was checked about another.
    """
    unasked = [pointer("form", code) for code in form if code not in asked["fields"]]
    unasked += [pointer("materials", key) for key in materials if key not in asked["materials"]]
    if unasked:
        raise CorrectionNotAsked(errors=[Flaw(where, *NOT_ASKED) for where in unasked])
    stays = [pointer("form", code) for code in asked["fields"] if code in identifying]
    flaws = [Flaw(where, *STAYS) for where in stays]
    if flaws:
        raise CorrectionIncomplete(errors=flaws)
    try:
        return check_filing(_part(plan, known, asked), form, materials)
    except FilingIncomplete as incomplete:
        raise CorrectionIncomplete(errors=incomplete.errors) from None


NOT_ASKED = "没有要求补正这一项，请去掉。", "Nobody asked to put this right; leave it out."
STAYS = (
    "身份号码不能补正；请撤回该事项后重新申报。",
    "A number that says who you are cannot be put right here: withdraw and file anew.",
)


def _part(plan: Json, known: Correctable, asked: Json) -> Json:
    """Of the plan, just what was asked; all of it is required now."""
    return {
        "answers": plan["answers"],
        "form": [
            {**known.fields[code], "required": True}
            | ({"entries": 1} if code == known.list and known.entry else {})
            for code in asked["fields"]
        ],
        "materials": [
            {"name_en": "", **known.materials[key], "key": key}
            | {"kind": "evidence", "deferrable": False}
            for key in asked["materials"]
        ],
        "not_asked": [],
    }


def applied(known: Correctable, form: Json, cleaned: Json) -> dict[str, Any]:
    """The form with the corrected values; of a list that the member repeats over, its own entry."""
    after = dict(form)
    for code, value in cleaned.items():
        if code == known.list and known.entry:
            entries = list(form.get(code, ()))
            entries[known.entry - 1] = value[0]
            value = entries
        after[code] = value
    return after


def as_before(form: Json, before: Json) -> dict[str, Any]:
    """The form as it was before a correction."""
    former = {**form, **before}
    return {code: value for code, value in former.items() if value is not None}


def shares(known: Correctable, own: Correctable, asked: Json) -> tuple[list[str], list[str]]:
    """Of what was corrected for `own`, the fields and materials that another member reads, too."""
    fields = [
        code
        for code in asked["fields"]
        if code in known.fields
        and not (code == known.list == own.list and known.entry != own.entry)
    ]
    return fields, [key for key in asked["materials"] if key in known.materials]


def closed(states: Mapping[str, MemberState]) -> list[str]:
    """Members that are settled: they are not judged by what is corrected now."""
    going_on = AT_A_DESK | {MemberState.WAITING}
    return [member for member, state in states.items() if state not in going_on]
