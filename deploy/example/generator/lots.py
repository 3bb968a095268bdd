"""Drawing lots: exact numbers of many, sums that come out, the same on every machine."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Lots:
    """Only `random()` of a seeded generator is promised never to change; all is drawn by it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random

    def number(self, least: int, most: int) -> int:
        """From `least` to `most`, both possible."""
        return least + int(self._random() * (most - least + 1))

    def share(self, share: float) -> bool:
        return self._random() < share

    def one(self, of: Sequence[T]) -> T:
        return of[self.number(0, len(of) - 1)]

    def some(self, count: int, of: Sequence[T], weight: Callable[[T], float]) -> list[T]:
        """Exactly `count` of these, the heavier the likelier, in their own order.

        Raises ValueError where there are fewer: a target that cannot be met is not met silently.
        """
        if count < 0 or count > len(of):
            raise ValueError(f"{count} of {len(of)} cannot be drawn")
        drawn = [(self._random() ** (1 / weight(one)), place) for place, one in enumerate(of)]
        places = sorted(place for _, place in sorted(drawn, reverse=True)[:count])
        return [of[place] for place in places]

    def shuffled(self, of: Sequence[T]) -> list[T]:
        return [one for _, _, one in sorted((self._random(), n, one) for n, one in enumerate(of))]

    def summing(
        self, total: int, bounds: Sequence[tuple[int, int]], start: Sequence[int]
    ) -> list[int]:
        """`start`, moved by ones at random places within the bounds until it adds up to `total`."""
        values = list(start)
        missing = total - sum(values)
        step = 1 if missing > 0 else -1
        if not sum(low for low, _ in bounds) <= total <= sum(high for _, high in bounds):
            raise ValueError(f"no values within these bounds add up to {total}")
        while missing:
            for place in self.shuffled(range(len(values))):
                low, high = bounds[place]
                if missing and low <= values[place] + step <= high:
                    values[place] += step
                    missing -= step
        return values


def apportioned(total: int, sizes: Sequence[int]) -> list[int]:
    """`total` in proportion to the sizes, by the largest remainders; never more than a size."""
    whole = sum(sizes)
    if total > whole:
        raise ValueError(f"{total} of {whole} cannot be shared out")
    shares = [total * size // whole for size in sizes]
    by_remainder = sorted(range(len(sizes)), key=lambda n: (-(total * sizes[n] % whole), n))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares
