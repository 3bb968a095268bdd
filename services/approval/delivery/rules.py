"""What can be delivered, how, and when it was.  Plain values, no I/O."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from services.approval.desk.rules import Command, State, check
from services.chassis.errors import Conflict, Flaw, Invalid


class Way(StrEnum):
    WINDOW = "window"
    """Fetched at a window, against a signature (送达回证)."""
    POST = "post"
    ELECTRONIC = "electronic"


class By(StrEnum):
    """Who says that it arrived."""

    AUTHORITY = "authority"
    WINDOW = "window"
    HOLDER = "holder"
    """By opening it."""


class AlreadyDelivered(Conflict):
    """This has been delivered; when and how is written down once."""

    zh = "该决定或证照已经送达，送达只登记一次。"


class NothingToDeliver(Conflict):
    """The certificate has not been issued yet; it is issued before it is delivered."""

    zh = "证照尚未制作，须先制证后送达。"


class DeliversNoLonger(Conflict):
    """The result has ended; nothing is left to deliver."""

    zh = "该结果已被终止，无可送达。"


class DeliveryFaulty(Invalid):
    """The delivery lacks something or contradicts itself."""

    zh = "送达内容不全或自相矛盾。"


def check_delivery(state: State, issues: bool, made_at: datetime | None, ended: bool) -> None:
    """Raise unless there is something to deliver.

    `made_at`: when the certificate was issued; of a refusal, or where nothing is issued, it is the
    decision itself that is delivered.
    """
    check(Command.DELIVER, state)
    if state is State.GRANTED and issues and made_at is None:
        raise NothingToDeliver()
    if ended:
        raise DeliversNoLonger()


def check_window(way: Way) -> None:
    """A window speaks of what passed over its own counter."""
    if way is not Way.WINDOW:
        flaw = Flaw("/way", "窗口只登记当面领取（window）。", "A window hands over: `window`.")
        raise DeliveryFaulty(errors=[flaw])


def check_statement(
    evidence: str | None, at: datetime | None, made_at: datetime, now: datetime
) -> None:
    """Raise where what an authority or a window says of the delivery cannot be so."""
    flaws = [*_unshown(evidence), *_untimely(at, made_at, now)]
    if flaws:
        raise DeliveryFaulty(errors=flaws)


def _unshown(evidence: str | None) -> Iterator[Flaw]:
    if not evidence or not evidence.isprintable():
        zh = "须给出送达凭证：送达回证、邮件或系统记录的编号。"
        yield Flaw("/evidence", zh, "Say what shows it: the number of a receipt or a mailing.")


def _untimely(at: datetime | None, made_at: datetime, now: datetime) -> Iterator[Flaw]:
    if at is not None and at > now:
        yield Flaw("/delivered_at", "不应晚于现在。", "This should not lie in the future.")
    if at is not None and at < made_at:
        zh, en = "不应早于决定或制证。", "It should not lie before the decision or the certificate."
        yield Flaw("/delivered_at", zh, en)
