"""When a service point has a right over an item, and whose act it is when it uses it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.chassis.errors import Conflict, Forbidden


class Right(StrEnum):
    ACCEPT = "accept"
    """受理权: to take an approval on, to say that it is not, or what is missing."""
    CLOSE = "close"
    """办结权: to decide it, and to issue what it issues."""


class Mode(StrEnum):
    ENTRUST = "entrust"
    """委托: in the name of the department that entrusts."""
    AUTHORISE = "authorise"
    """授权: by law, in its own name."""
    HAND_DOWN = "hand_down"
    """下放: the power is the point's own from now on."""


LASTING = frozenset({"active", "widened"})
LEGAL_MODE: Mapping[Mode, str] = {
    Mode.ENTRUST: "entrusted",
    Mode.AUTHORISE: "authorised",
    Mode.HAND_DOWN: "handed_down",
}
WORDS: Mapping[Right, tuple[str, str]] = {
    Right.ACCEPT: ("受理权", "the right to accept it"),
    Right.CLOSE: ("办结权", "the right to decide it"),
}


class NotHandedDown(Forbidden):
    """Your service point has another right over this item, but not this one."""

    zh = "贵服务点对该事项没有这项权力。"


class OnlyByRule(Conflict):
    """This right covers only what the item's instant rule decides; people decide at the department.

    A rule decides in the authority's name, whoever hands out the answer.
    """

    zh = "该办结权只限由秒批规则决定的申请；须由人决定的，由主管部门决定。"


@dataclass(frozen=True, slots=True)
class Held:
    """A right over one item at one point, as catalog told it last."""

    right: Right
    department: str
    """Which gave it."""
    mode: Mode
    state: str
    trial_until: date | None = None
    ends_on: date | None = None
    situations: tuple[str, ...] = ()
    only_by_rule: bool = False

    def in_force(self, today: date) -> bool:
        """A trial gives the right until and with its last day, an end takes it from its day on."""
        trial = self.state == "trial" and self.trial_until is not None and today <= self.trial_until
        return (self.state in LASTING or trial) and (self.ends_on is None or today < self.ends_on)

    def covers(self, department: str, situations: Collection[str], today: date) -> bool:
        """Whether it holds for an approval of this department in these situations (办理情形).

        A right limited to some situations holds only where all that apply are among them; where
        none is known to apply, that cannot be said.
        """
        named = not self.situations or (
            bool(situations) and set(situations) <= set(self.situations)
        )
        return named and self.department == department and self.in_force(today)


def used(held: Collection[Held], right: Right) -> Held:
    """The one of the rights that cover an approval by which somebody does what `right` is for."""
    found = next((one for one in held if one.right is right), None)
    if found is None:
        zh, en = WORDS[right]
        raise NotHandedDown(f"需要{zh}。", f"It takes {en}.")
    if found.only_by_rule:
        raise OnlyByRule()
    return found


def signs(point: str, mode: Mode) -> dict[str, str]:
    """What the signed act says when a point does it, beside what it says anyway.

    What is entrusted is the department's act, and it answers for it (行政许可法 art. 24, 行政诉讼法
    art. 26); who is authorised, or was handed the power down, acts and answers itself.
    """
    authority = in_own_name(point, mode)
    own = {"authority": authority, "respondent": authority} if authority else {}
    return {"point": point, "legal_mode": LEGAL_MODE[mode], **own}


def in_own_name(point: str | None, mode: Mode | None) -> str | None:
    """The point that acts in its own name; None where a department acts, if by a point."""
    return None if mode is None or mode is Mode.ENTRUST else point
