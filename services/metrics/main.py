from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services import metrics
from services.chassis.app import build
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction, subscriptions
from services.chassis.settings import Settings
from services.chassis.ticks import every
from services.metrics.anchors import api as anchors
from services.metrics.anchors.reactions import REACTIONS as ANCHORED
from services.metrics.board import api as board
from services.metrics.board.reactions import REACTIONS as ON_THE_BOARD
from services.metrics.delegated.actions import measure
from services.metrics.delegated.reactions import REACTIONS as HANDED_DOWN
from services.metrics.indicators.api import router
from services.metrics.lived.reactions import REACTIONS as LIVED
from services.metrics.paper.reactions import REACTIONS as PAPER


def together(*subjects: Mapping[Any, Reaction]) -> dict[Any, Reaction]:
    """Several subjects hear of the same event, in one transaction."""

    def one_after_the_other(reactions: Sequence[Reaction]) -> Reaction:
        async def react(tx: AsyncSession, heard: Sequence[Heard[Any]]) -> None:
            for reaction in reactions:
                await reaction(tx, heard)

        return react

    kinds = {kind: [s[kind] for s in subjects if kind in s] for one in subjects for kind in one}
    return {kind: one_after_the_other(reactions) for kind, reactions in kinds.items()}


def make(settings: Settings | None = None) -> FastAPI:
    subjects = together(LIVED, PAPER, ANCHORED, ON_THE_BOARD, HANDED_DOWN)
    heard = subscriptions("metrics", subjects, leisurely=True)
    return build(
        "metrics",
        metrics.__doc__ or "",
        [router, anchors.router, board.router],
        heard,
        settings or Settings(),
        background=[every(2, measure)],
    )
