"""What a point can do, in numbers and codes.  Plain values, no I/O."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.catalog.delegations.rules.words import Level, Right
from services.catalog.points.rules import PointKind
from services.chassis.errors import Flaw, Invalid


@dataclass(frozen=True, slots=True)
class Capacity:
    """People, how many of them are trained and in what, and equipment with its number."""

    people: int = 0
    trained: int = 0
    training: tuple[str, ...] = ()
    equipment: tuple[tuple[str, int], ...] = ()


class CapacityFaulty(Invalid):
    """The point says with what it will do this; nobody says it for the point."""

    zh = "承接能力由服务点自己说明，且须说明。"


def check_capacity(capacity: Capacity | None, level: Level, kind: PointKind, right: Right) -> None:
    """`level`: who is speaking.  A right is not agreed to without the means to exercise it."""
    if level is Level.ABOVE:
        if capacity is not None:
            flaw = "上级不能代为说明，请删去。", "The upper level does not state it; leave it out."
            raise CapacityFaulty(errors=[Flaw("/capacity", *flaw)])
        return
    if capacity is None:
        flaw = "请说明人员、培训和设备。", "State people, training and equipment."
        raise CapacityFaulty(errors=[Flaw("/capacity", *flaw)])
    if flaws := list(_flaws(capacity, kind, right)):
        raise CapacityFaulty(errors=flaws)


def _flaws(capacity: Capacity, kind: PointKind, right: Right) -> Iterator[Flaw]:
    yield from _means(capacity, kind, right)
    if capacity.trained > capacity.people:
        told = "受训人数多于工作人员。", "More are trained than there are people."
        yield Flaw("/capacity/trained", *told)
    if capacity.trained and not capacity.training:
        told = "请写明培训代码。", "Name the training, by its code."
        yield Flaw("/capacity/training", *told)
    codes = [code for code, _ in capacity.equipment]
    for place, code in enumerate(codes):
        if code in codes[:place]:
            told = "设备代码重复。", "This equipment stands here twice."
            yield Flaw(f"/capacity/equipment/{place}/code", *told)


def _means(capacity: Capacity, kind: PointKind, right: Right) -> Iterator[Flaw]:
    """A kiosk is a machine; everywhere else somebody does the work."""
    if kind is PointKind.KIOSK:
        if not capacity.equipment:
            told = "自助终端至少一台设备。", "A kiosk has one machine at least."
            yield Flaw("/capacity/equipment", *told)
        return
    if not capacity.people:
        told = "至少一名工作人员。", "It takes one person at least."
        yield Flaw("/capacity/people", *told)
    if right is Right.CLOSE and not capacity.trained:
        told = "办结须至少一人受过培训。", "Closing takes one trained person at least."
        yield Flaw("/capacity/trained", *told)
