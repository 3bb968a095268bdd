"""When a card is raised, what becomes of it, and who hears of it next.  Plain values, no I/O.

What cannot happen here has no rule: acceptance refused without reasons, a second correction notice
and one after its five days are refused by name, before anything is written.  Whoever is refused so
has done nothing to the applicant, and may have pressed a button twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from services.chassis.errors import Conflict, Flaw, Invalid, NotFound


class Colour(StrEnum):
    YELLOW = "yellow"
    RED = "red"


class Source(StrEnum):
    """Where a rule comes from."""

    LAW = "law"
    ADMINISTRATIVE = "administrative"


class CardState(StrEnum):
    OPEN = "open"
    """Nobody has said anything to it, and what it is about has not been done."""
    APPEALED = "appealed"
    KEPT = "kept"
    """An appeal was dismissed."""
    LIFTED = "lifted"
    """An appeal was upheld: it counts no more, and stays to be read."""
    SETTLED = "settled"
    """What it is about has been done since, or is not wanted any more."""


class Verdict(StrEnum):
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Level(StrEnum):
    """Whom a card has reached, up the line."""

    DESK = "desk"
    HEAD = "head"
    BUREAU = "bureau"


LINE = (Level.DESK, Level.HEAD, Level.BUREAU)
MOST_APPEALS = 2
"""One, and a review of how it was decided."""
DELIVERY_DAYS = 10
"""行政许可法 art. 44: a certificate is issued within ten working days of the decision."""


@dataclass(frozen=True, slots=True)
class Rule:
    code: str
    version: int
    colour: Colour
    source: Source
    basis: str
    zh: str
    en: str


NEAR = Rule(
    "near_deadline",
    1,
    Colour.YELLOW,
    Source.ADMINISTRATIVE,
    "红黄牌督办规则",
    "办理时限已用去规定比例（默认八成），仍未作出决定。",
    "Most of the time (80 % unless set otherwise) is used, and nothing is decided.",
)
STEP = Rule(
    "acceptance_overdue",
    1,
    Colour.YELLOW,
    Source.LAW,
    "行政许可法第三十二条",
    "收件后五个工作日内既未受理、也未不予受理、也未一次性告知补正。",
    "For five working days after the receipt it was not accepted, not refused, nor corrected.",
)
PROMISE = Rule(
    "promise_overdue",
    1,
    Colour.RED,
    Source.ADMINISTRATIVE,
    "服务承诺（实施清单的承诺办结时限）",
    "超过承诺办结时限未作出决定。",
    "The promised time has run out, and nothing is decided.",
)
LEGAL = Rule(
    "legal_overdue",
    1,
    Colour.RED,
    Source.LAW,
    "实施清单的法定办结时限；行政许可为行政许可法第四十二条",
    "超过法定办结时限未作出决定。",
    "The legal limit has run out, and nothing is decided.",
)
ISSUE = Rule(
    "issue_overdue",
    1,
    Colour.RED,
    Source.LAW,
    "行政许可法第四十四条",
    "准予决定作出后十个工作日内未制发证照。",
    "For ten working days after the grant its certificate was not issued.",
)
CONSULTED = Rule(
    "consultation_overdue",
    1,
    Colour.YELLOW,
    Source.ADMINISTRATIVE,
    "红黄牌督办规则（征求意见环节）",
    "征求意见的期限已过，被征求部门未反馈意见。",
    "The time for an opinion has run out, and the department that was asked has not given it.",
)
REVIEWED = Rule(
    "first_review_overdue",
    1,
    Colour.YELLOW,
    Source.LAW,
    "行政许可法第四十三条",
    "受理后二十个工作日内未完成初审转报。",
    "For twenty working days after the acceptance the first review was not forwarded.",
)
FORWARDED = Rule(
    "forwarded_overdue",
    1,
    Colour.YELLOW,
    Source.ADMINISTRATIVE,
    "红黄牌督办规则（上级机关审查环节）",
    "转报后上级机关的审查期限已过，未作出决定，也未再转报。",
    "The higher authority's own time has run out, and nothing is decided or forwarded.",
)
SUPERVISED = Rule(
    "supervision_overdue",
    1,
    Colour.YELLOW,
    Source.ADMINISTRATIVE,
    "红黄牌督办规则（事中事后监管环节）；监管方案载明的期限",
    "监管任务的期限已过，监管部门未登记检查结论。",
    "The time of a supervision duty has run out, and its regulator has entered no finding.",
)
RULES = {
    rule.code: rule
    for rule in (NEAR, STEP, CONSULTED, REVIEWED, FORWARDED, PROMISE, LEGAL, ISSUE, SUPERVISED)
}


class CardUnknown(NotFound):
    """There is no such card, or it is not your department's."""

    zh = "没有这张牌，或不属于您的部门。"


class AppealUnknown(NotFound):
    """This card has no such appeal."""

    zh = "这张牌没有这次申诉。"


class CardClosed(Conflict):
    """The card is not open to appeal any more."""

    zh = "这张牌已不能申诉。"


class AppealPending(Conflict):
    """An appeal against this card is being judged."""

    zh = "对这张牌的申诉正在审核。"


class AppealsUsedUp(Conflict):
    """This card was appealed, and its dismissal reviewed; that is all there is."""

    zh = "这张牌已申诉并复核过，不能再次申诉。"


class AppealJudged(Conflict):
    """This appeal has been decided and stays decided."""

    zh = "这次申诉已有结论，不能更改。"


class OwnAppeal(Conflict):
    """Whoever appealed does not judge."""

    zh = "不能由申诉人本人审核。"


class VerdictFaulty(Invalid):
    """The verdict on an appeal lacks something."""

    zh = "申诉结论不全。"


class LineFaulty(ValueError):
    """The steps up the line are two numbers of working days, each from 1 to 60."""


class Appeal(NamedTuple):
    by: str
    verdict: str | None
    reason_code: str | None


def check_appeal(state: CardState, before: Sequence[Appeal]) -> None:
    """Raise unless the department may appeal (again)."""
    if state is CardState.APPEALED:
        raise AppealPending()
    if state is CardState.LIFTED:
        raise CardClosed()
    if len(before) >= MOST_APPEALS:
        raise AppealsUsedUp()


def check_verdict(appeal: Appeal, by: str, verdict: Verdict, reason_code: str | None) -> bool:
    """False where just that was said before."""
    if appeal.verdict is not None:
        if (appeal.verdict, appeal.reason_code) == (verdict, reason_code):
            return False
        raise AppealJudged()
    if appeal.by == by:
        raise OwnAppeal()
    if verdict is Verdict.DISMISSED and not reason_code:
        flaw = Flaw("/reason_code", "驳回申诉须给出理由代码。", "A dismissal says why.")
        raise VerdictFaulty(errors=[flaw])
    return True


def steps(text: str) -> tuple[int, ...]:
    """Working days without reaction, until the head of the department and then the bureau hear."""
    given = [part.strip() for part in text.split(",")]
    days = tuple(int(part) for part in given if part.isdecimal())
    if len(days) != len(given) or len(days) != len(LINE) - 1 or not all(1 <= d <= 60 for d in days):
        raise LineFaulty(LineFaulty.__doc__)
    return days
