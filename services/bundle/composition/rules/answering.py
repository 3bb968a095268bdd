"""The applicant's answers to a bundle's questions: each of the right kind, and those that matter
all there."""

from collections.abc import Mapping
from typing import Any

from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.guiding import open_questions
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.values import Unfit, fit, wanted
from services.chassis.errors import Flaw, Invalid

MOST_REPEATS = 50


class AnswersWrong(Invalid):
    """The answers do not fit the questions."""

    zh = "对问题的回答不完整或不符合要求。"


def fitting(published: Published, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The given answers in the questions' order, as we keep them; AnswersWrong tells every flaw.

    Which are missing is not asked here.
    """
    good, flaws = _read(published, answers)
    if flaws:
        raise AnswersWrong(errors=flaws)
    return good


def enough(published: Published, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The same, and refused while a question is open whose answer can still change the plan."""
    good, flaws = _read(published, answers)
    counts = _counts(published)
    wrong = {code for code in answers if code not in good}
    flaws += [
        _wrong(published, code, True, code in counts)
        for code in open_questions(published, good)
        if code not in wrong
    ]
    if flaws:
        raise AnswersWrong(errors=flaws)
    return good


def _counts(published: Published) -> set[str]:
    return {m.repeat.count for m in published.bundle.members if m.repeat}


def _read(published: Published, answers: Mapping[str, Any]) -> tuple[dict[str, Any], list[Flaw]]:
    questions, counts = published.bundle.questions, _counts(published)
    flaws = [_unknown(field) for field in answers if field not in questions]
    good: dict[str, Any] = {}
    for field in questions:
        if field not in answers:
            continue
        definition = published.fields[field]
        try:
            value = fit(answers[field], definition.type, definition.rule)
            if field in counts and not 0 <= value <= MOST_REPEATS:
                raise Unfit
            good[field] = value
        except Unfit:
            flaws.append(_wrong(published, field, False, field in counts))
    return good, flaws


def _wrong(published: Published, field: str, missing: bool, counts: bool) -> Flaw:
    definition = published.fields[field]
    zh, en = wanted(definition.type, definition.rule)
    if counts:
        zh, en = f"{zh}，0到{MOST_REPEATS}之间", f"{en}, from 0 to {MOST_REPEATS}"
    name = "missing-answer" if missing else "wrong-answer"
    zh = f"{'缺少回答：' if missing else ''}{definition.name}，{zh}。"
    en = f"{'Not answered: ' if missing else ''}{definition.name_en or field}, {en}."
    return flaw(name, pointer("answers", field), zh, en)


def _unknown(field: str) -> Flaw:
    zh, en = "没有这个问题，请去掉。", "There is no such question; leave it out."
    return flaw("unknown-question", pointer("answers", field), zh, en)
