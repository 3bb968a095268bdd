"""The applicant's answers to a bundle's questions: all there, each of the right kind."""

from collections.abc import Mapping
from typing import Any

from services.bundle.composition.rules.flaws import flaw, pointer
from services.bundle.composition.rules.publishing import Published
from services.bundle.composition.rules.values import Unfit, fit, wanted
from services.chassis.errors import Flaw, Invalid

MOST_REPEATS = 50


class AnswersWrong(Invalid):
    """The answers do not fit the questions."""

    zh = "对问题的回答不完整或不符合要求。"


def checked(published: Published, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in the questions' order, as we keep them.  AnswersWrong tells every flaw."""
    counts = {m.repeat.count for m in published.bundle.members if m.repeat}
    questions = published.bundle.questions
    flaws = [_unknown(field) for field in answers if field not in questions]
    good: dict[str, Any] = {}
    for field in questions:
        definition = published.fields[field]
        try:
            good[field] = fit(answers.get(field), definition.type, definition.rule)
            if field in counts and not 0 <= good[field] <= MOST_REPEATS:
                raise Unfit
        except Unfit:
            flaws.append(_wrong(published, field, field not in answers, field in counts))
    if flaws:
        raise AnswersWrong(errors=flaws)
    return good


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
