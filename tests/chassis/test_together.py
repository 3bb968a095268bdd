"""What is asked for at the same time goes together, and everybody gets the answer to their own."""

import asyncio
from collections.abc import Sequence

import pytest

from services.chassis.together import Together


class Counter:
    """Work that is done when `open` says so, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()

    async def double(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        await self.open.wait()
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


async def asked(together: Together[int, int], *numbers: int) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.ensure_future(together(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_what_comes_in_one_round_of_the_loop_goes_in_one_batch():
    work = Counter()
    work.open.set()
    assert await asyncio.gather(*await asked(Together(work.double), 1, 2, 3)) == [2, 4, 6]
    assert work.batches == [[1, 2, 3]]


async def test_what_comes_while_all_lanes_are_taken_is_the_next_batch():
    work = Counter()
    together = Together(work.double, lanes=2)
    tasks = await asked(together, 1)
    tasks += await asked(together, 2)
    tasks += await asked(together, 3)
    tasks += await asked(together, 4)
    assert work.batches == [[1], [2]]

    work.open.set()
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert work.batches == [[1], [2], [3, 4]]


async def test_a_batch_has_its_limit():
    work = Counter()
    work.open.set()
    tasks = await asked(Together(work.double, lanes=1, most=2), 1, 2, 3, 4, 5)
    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10]
    assert work.batches == [[1, 2], [3, 4], [5]]


async def test_what_goes_wrong_is_told_to_all_of_its_batch_and_the_next_one_goes_on():
    work = Counter()
    together = Together(work.double, lanes=1)
    ill = await asked(together, 13, 1)
    well = await asked(together, 2)
    work.open.set()
    for task in ill:
        with pytest.raises(ValueError, match="thirteen"):
            await task
    assert await asyncio.gather(*well) == [4]


async def test_who_leaves_meanwhile_spoils_nothing():
    work = Counter()
    together = Together(work.double)
    leaves, stays = await asked(together, 1, 2)
    leaves.cancel()
    work.open.set()
    assert await stays == 4
    assert leaves.cancelled()
    assert work.batches == [[1, 2]]
