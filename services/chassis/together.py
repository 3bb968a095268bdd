"""What is asked for at the same time is done in one go.

The same shape as a database's group commit: while one batch is under way, what comes meanwhile is
the next one.  Nobody waits for a timer, so that alone one is as fast as before; the more come at
once, the larger the batches and the less each costs.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Together(Generic[A, B]):
    """`work` answers each of what it is given, in the same order.

    `lanes`: so many batches at once.  With one, a batch that waits for somebody's lock would hold
    up everybody; many make small batches.  `most`: so many in a batch.
    """

    def __init__(
        self, work: Callable[[Sequence[A]], Awaitable[Sequence[B]]], lanes: int = 2, most: int = 50
    ) -> None:
        self.work, self.lanes, self.most = work, lanes, most
        self._waiting: deque[tuple[A, asyncio.Future[B]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._called = False

    async def __call__(self, one: A) -> B:
        """The answer to `one`.  Whoever is cancelled meanwhile is answered no more, but what was
        asked is done."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[B] = loop.create_future()
        self._waiting.append((one, future))
        if not self._called and len(self._running) < self.lanes:
            # Not yet: what else came in this round of the loop goes along.
            self._called = True
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._called = False
        while self._waiting and len(self._running) < self.lanes:
            count = min(self.most, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(count)]
            task = asyncio.ensure_future(self._run(batch))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._start()

    async def _run(self, batch: Sequence[tuple[A, "asyncio.Future[B]"]]) -> None:
        try:
            answers = await self.work([one for one, _ in batch])
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
