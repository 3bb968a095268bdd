"""The few ways the domain can say no.  Plain Python: the HTTP side is in problems.py.

Subclass one of the four.  The class name becomes the machine-readable problem type
(`AlreadyDecided` -> "already-decided"), the docstring its English title and `zh` its Chinese one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where (a JSON pointer), and what would be right.

    Messages never repeat the offending value: it may be personal data.
    """

    pointer: str
    zh: str
    en: str
    more: dict[str, Any] = field(default_factory=dict)


class Refusal(Exception):
    """The request was understood and turned down."""

    zh: ClassVar[str] = "请求已被理解，但不能照办。"

    def __init__(
        self,
        zh: str = "",
        en: str = "",
        *,
        errors: Sequence[Flaw] = (),
        retry_after: int | None = None,
        **members: Any,
    ) -> None:
        """`zh` and `en` say what happened here; `members` travel in the problem document."""
        super().__init__(en or (type(self).__doc__ or "").partition("\n")[0])
        self.detail_zh = zh
        self.detail_en = en
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.members = members


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""

    zh = "没有这个对象，或您无权查看。"


class Forbidden(Refusal):
    """You may not do this."""

    zh = "您无权进行这项操作。"


class Conflict(Refusal):
    """The current state does not allow this."""

    zh = "当前状态不允许这项操作。"


class Invalid(Refusal):
    """The request contradicts itself or a rule."""

    zh = "请求自相矛盾或不符合规则。"


class Unauthenticated(Refusal):
    """A valid token is needed."""

    zh = "需要有效的身份令牌。"


class Stale(Refusal):
    """The thing has changed since you read it."""

    zh = "您读取之后该对象已有变化，请重新读取。"


class TooLarge(Refusal):
    """This is larger than what is taken here."""

    zh = "超过了此处接收的上限。"


class Unavailable(Refusal):
    """A part that is needed is not reachable right now; try again."""

    zh = "所需部件暂时不可用，请稍后重试。"
