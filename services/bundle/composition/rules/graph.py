"""Order among members: circles by their path, and the longest way through."""

from collections.abc import Iterable, Iterator, Mapping

Successors = Mapping[str, Iterable[str]]


def cycles(successors: Successors) -> Iterator[tuple[str, ...]]:
    """Every circle that a walk through the graph closes, as a path that ends where it began."""
    done: set[str] = set()
    for start in successors:
        trail: list[str] = []
        open_: list[tuple[str, Iterator[str]]] = []
        if start not in done:
            trail.append(start)
            open_.append((start, iter(successors[start])))
        while open_:
            node, rest = open_[-1]
            following = next(rest, None)
            if following is None:
                done.add(node)
                trail.pop()
                open_.pop()
            elif following in trail:
                yield (*trail[trail.index(following) :], following)
            elif following not in done:
                trail.append(following)
                open_.append((following, iter(successors.get(following, ()))))


def in_order(predecessors: Successors) -> list[str]:
    """Members so that each comes after all it waits for; otherwise as given.  No circles."""
    order: list[str] = []
    placed: set[str] = set()
    remaining = list(predecessors)
    while remaining:
        free = [node for node in remaining if placed.issuperset(predecessors[node])]
        if not free:
            raise ValueError("a circle has no order")
        order += free
        placed.update(free)
        remaining = [node for node in remaining if node not in placed]
    return order


def critical_path(
    hours: Mapping[str, int], predecessors: Successors
) -> tuple[int, tuple[str, ...]]:
    """How long all takes when everything that can run at once does, and the members that say so."""
    finish: dict[str, int] = {}
    before: dict[str, str | None] = {}
    for node in in_order(predecessors):
        latest = max(predecessors[node], key=lambda p: finish[p], default=None)
        before[node] = latest
        finish[node] = hours[node] + (finish[latest] if latest is not None else 0)
    last = max(finish, key=lambda node: finish[node], default=None)
    path: list[str] = []
    total = finish[last] if last is not None else 0
    while last is not None:
        path.append(last)
        last = before[last]
    return total, tuple(reversed(path))
