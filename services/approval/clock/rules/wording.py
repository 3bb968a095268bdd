"""The explanation in words, Chinese and English: a line for each day, and a paragraph for all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from services.approval.clock.rules.explaining import Explanation, Rule, Step
from services.approval.clock.rules.lengths import UNITS, Length, Unit, words
from services.approval.clock.rules.reckoning import SHANGHAI, day_ended


class Said(NamedTuple):
    zh: str
    en: str


ONE = {
    Rule.START: Said(
        "起算当日，不计（民法典第二百零一条）", "the start: not counted (Civil Code 201)"
    ),
    Rule.MAKE_UP: Said("调休上班，计入", "a weekend that is worked (调休): counted"),
    Rule.WEEKEND: Said("周末，不计", "weekend: not counted"),
    Rule.ROLLED: Said(
        "末日遇休息日，顺延至此（民法典第二百零三条）",
        "the last day was a day off: ends on this working day (Civil Code 203)",
    ),
    Rule.CLOSED: Said("已过工作时间，不计", "after working time: not counted"),
    Rule.AT_ONCE: Said("即办，当日办结", "at once: by the end of this day"),
}


def line(step: Step) -> Said:
    """What one day is said to be."""
    if step.rule is Rule.HOLIDAY:
        return Said(f"{step.name.zh}，不计", f"{step.name.en}: not counted")
    if step.rule is Rule.PAUSE:
        number = (step.pause or 0) + 1
        return Said(f"第 {number} 次中止，不计", f"pause {number}: not counted")
    if step.worked:
        hours = round(step.worked / timedelta(hours=1), 2)
        return Said(f"计入 {hours:g} 小时", f"{hours:g} h counted")
    if step.rule is Rule.COUNTED:
        return Said("计入", "counted")
    return ONE[step.rule]


def summary(told: Explanation, budget: Sequence[Length], start: datetime) -> Said:
    """The whole of it in a few sentences."""
    parts = [_limit(budget, start), *_left_out(told.steps), _end(told), *_awaited(told.awaits)]
    return Said("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def _limit(budget: Sequence[Length], start: datetime) -> Said:
    zh, en = zip(*(words(length) for length in budget), strict=True)
    moment = f"{start.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    whole = " + ".join(zh), " + ".join(en)
    return Said(f"期限 {whole[0]}，自 {moment} 起算。", f"{whole[1]}, from {moment} on.")


def _left_out(steps: Sequence[Step]) -> Iterator[Said]:
    off = Counter(step.name for step in steps if step.rule is Rule.HOLIDAY)
    pauses = Counter(step.pause or 0 for step in steps if step.rule is Rule.PAUSE)
    weekend = sum(step.rule is Rule.WEEKEND for step in steps)
    parts = [Said(f"周末 {weekend} 天", f"{weekend} weekend days")] if weekend else []
    parts += [Said(f"{name.zh} {days} 天", f"{days} of {name.en}") for name, days in off.items()]
    parts += [
        Said(f"第 {number + 1} 次中止 {days} 天", f"{days} of pause {number + 1}")
        for number, days in pauses.items()
    ]
    if parts:
        zh, en = "、".join(part.zh for part in parts), ", ".join(part.en for part in parts)
        yield Said(f"不计：{zh}。", f"Not counted: {en}.")
    worked = [str(step.day) for step in steps if step.rule is Rule.MAKE_UP]
    if worked:
        days = "、".join(worked), ", ".join(worked)
        yield Said(f"{days[0]} 调休上班，计入。", f"Worked weekends that count: {days[1]}.")


def _end(told: Explanation) -> Said:
    due = told.reckoned.due
    if due is None:
        left = told.budget[-1].left if told.budget else 0
        unit = UNITS[told.budget[-1].length.unit if told.budget else Unit.WORKING_DAY]
        more = f"{left:g} {unit[0]}", f"{left:g} {unit[1]}{'' if left == 1 else 's'}"
        return Said(f"现已中止，尚余 {more[0]}。", f"It stands still with {more[1]} left.")
    local = due.astimezone(SHANGHAI)
    if local.time() == datetime.min.time():
        last = day_ended(due)
        return Said(f"{last} 24 时届满。", f"Ends with {last}.")
    return Said(f"{local:%Y-%m-%d %H:%M} 届满。", f"Ends at {local:%Y-%m-%d %H:%M}.")


def _awaited(years: Sequence[int]) -> Iterator[Said]:
    for year in years:
        yield Said(
            f"{year} 年放假安排尚未公布，暂按法定节假日推算，公布后重算。",
            f"Provisional: {year} is not announced yet, and was computed by the statute.",
        )
