"""What a partner department's own system says on `in.`, and the answer that it always gets.

The account that published is the identity: NATS maps `in.>` of an account to `in.<department>.>`,
each department has its own stream, and each stream's reactions are bound to that department here.
Nothing inside a message can make it speak for another.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.desk import actions
from services.approval.desk.rules import Seat, State
from services.chassis import outbox, problems
from services.chassis.envelope import Heard
from services.chassis.errors import Refusal
from services.chassis.inbox import Letter, Reaction, Subscription
from services.chassis.malformed import flaws
from services.contracts import (
    DecisionStated,
    Event,
    PartnerAnswerAccepted,
    PartnerAnswerRefused,
    ResultStated,
)

Said = Callable[[AsyncSession, str, Any], Awaitable[None]]
"""Does what a department says in one message; raises where it may not."""


async def decide(tx: AsyncSession, department: str, said: DecisionStated) -> None:
    await actions.decide(
        tx,
        said.approval,
        Seat(department, account(department)),
        State(said.verdict),
        said.reason_code,
        said.result,
        explanation=said.explanation,
    )


async def issue(tx: AsyncSession, department: str, said: ResultStated) -> None:
    await actions.issue(tx, said.approval, Seat(department, account(department)), said.result)


SAID: dict[type[Event], Said] = {DecisionStated: decide, ResultStated: issue}


def account(department: str) -> str:
    """Who acts when a department's own system does."""
    return f"{actions.SYSTEM}{department}"


def subscriptions(partners: Iterable[str], said: Mapping[type[Event], Said]) -> list[Subscription]:
    """`said`: by the type of message, what it does.  Each is answered."""
    return [_subscription(department, said) for department in partners]


def _subscription(department: str, said: Mapping[type[Event], Said]) -> Subscription:
    async def refuse(tx: AsyncSession, letter: Letter, problem: Exception) -> None:
        """Tell the department that its message changed nothing, and why."""
        told = PartnerAnswerRefused(
            message=letter.id,
            department=department,
            approval=_named(letter),
            problem=_document(problem),
        )
        await outbox.record(tx, told, version=1)

    return Subscription(
        stream=f"INBOX_{department}",
        consumer=f"approval-on-INBOX_{department}",
        reactions={kind: _heard(department, do) for kind, do in said.items()},
        on_refusal=refuse,
    )


def _heard(department: str, do: Said) -> Reaction:
    async def react(tx: AsyncSession, heard: Sequence[Heard[Any]]) -> None:
        for one in _in_order(heard):
            await do(tx, department, one.event)
            await _answer(tx, department, one)

    return react


def _in_order(heard: Sequence[Heard[Any]]) -> list[Heard[Any]]:
    """By approval, the order in which all transactions lock, so that none wait in a circle."""
    return sorted(heard, key=lambda one: one.event.approval)


async def _answer(tx: AsyncSession, department: str, one: Heard[Any]) -> None:
    told = PartnerAnswerAccepted(message=one.id, department=department, approval=one.event.approval)
    await outbox.record(tx, told, version=1)


def _named(letter: Letter) -> UUID | None:
    """The approval the message speaks of, as far as it can be read."""
    try:
        return UUID(letter.document["data"]["approval"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _document(problem: Exception) -> dict[str, object]:
    if isinstance(problem, ValidationError):
        found = flaws({**error, "loc": ("data", *error["loc"])} for error in problem.errors())
        problem = problems.Malformed(errors=found)
    elif not isinstance(problem, Refusal):
        # Why exactly is left out: the words of the reason quote the message.
        problem = problems.Malformed(
            "不是可识别的 CloudEvents 1.0 消息。",
            "Not a CloudEvents 1.0 message of a type we know.",
        )
    _, zh = problems.document(problem, "zh")
    _, en = problems.document(problem, "en")
    return {**zh, "en": en}
