"""What the law lets a department give away, and to whom.  Plain values, no I/O.

Judged when a delegation is proposed, again at every step that goes forward, and shown whenever it
is read: an item or a point may have changed since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.catalog.delegations.rules.words import Mode, Right, Terms
from services.catalog.points.rules import NO_ORGAN, PointKind, lies_in
from services.chassis.errors import Flaw, Invalid

LICENCE, COERCION, SERVICE = "01", "03", "20"
"""事项类型 in GB/T 39046."""

RANK = {"national": 1, "province": 2, "city": 3, "county": 4, "township": 5, "village": 6}
"""行使层级, downwards."""
RANK_OF_POINT = {PointKind.HALL: 4, PointKind.PARK: 4, PointKind.TOWNSHIP: 5}


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item, as far as delegation asks."""

    code: str
    department: str
    kind: str = LICENCE
    level: str = "county"
    region: str = ""
    power_source: str = "own"
    instant: bool = False
    situations: tuple[str, ...] = ()
    retired_from: date | None = None

    def retired(self, day: date) -> bool:
        return self.retired_from is not None and self.retired_from <= day


@dataclass(frozen=True, slots=True)
class PointFacts:
    """A service point, as far as delegation asks."""

    code: str
    kind: PointKind
    region: str = ""
    organ: bool = False
    open: bool = True


class Unlawful(Invalid):
    """The law does not allow this delegation."""

    zh = "法律不允许这样赋权。"
    right: ClassVar[tuple[str, str]] = ("", "")
    """What would be right, in Chinese and English."""


class LicenceNeedsOrgan(Unlawful):
    """Licensing power is entrusted only to administrative organs."""

    zh = "行政许可只能委托行政机关实施。"
    right = (
        "委托对象应是行政机关；否则只赋受理权，或由规则以机关名义即时决定。",
        "Entrust an administrative organ, or give the right to accept only, or let an instant rule "
        "decide in the authority's name.",
    )


class ClosesOnlyServices(Unlawful):
    """A village, station or kiosk closes only public services and what a rule decides."""

    zh = "村、驿站、自助终端只能办结公共服务，或由规则以机关名义决定的事项。"
    right = (
        "应是公共服务（事项类型 20）或有秒批规则的事项；否则只赋受理权。",
        "The item should be a public service (kind 20) or have an instant rule; otherwise give the "
        "right to accept only.",
    )


class HandDownNeedsLowerOrgan(Unlawful):
    """Power is handed down to an administrative organ at a level below the item's."""

    zh = "下放只能到事项行使层级以下的行政机关。"
    right = (
        "服务点应是行使层级以下的行政机关；否则用委托。",
        "The point should be an organ below the item's level; otherwise entrust.",
    )


class AuthorisationNeedsLaw(Unlawful):
    """Only a law or regulation authorises; it has to be cited."""

    zh = "授权须有法律、法规依据，并写明。"
    right = (
        "在 legal_basis 写明法律、法规条款。",
        "Cite the law or regulation, with its article, in `legal_basis`.",
    )


class AuthorisationNeedsOrganisation(Unlawful):
    """A station or kiosk cannot act in its own name, so no law authorises it."""

    zh = "驿站、自助终端不能以自己的名义行使权力，不能被授权。"
    right = ("用委托，以机关名义办理。", "Entrust: it then acts in the authority's name.")


class EntrustedFurther(Unlawful):
    """What was entrusted to a department is not its own to give away."""

    zh = "受委托的权力不得再委托、授权或下放。"
    right = (
        "由委托部门自己赋权；或只赋受理权。",
        "The department that entrusted it may delegate it; or give the right to accept only.",
    )


class CoercionStays(Unlawful):
    """Coercive measures are never delegated."""

    zh = "行政强制措施权不得委托。"
    right = ("由法定机关自己实施。", "The authority named by law takes them itself.")


class OutsideRegion(Unlawful):
    """The point lies outside the region of the item."""

    zh = "服务点不在事项的行政区划之内。"
    right = (
        "服务点的区划应在事项的区划之内。",
        "The point's region should lie within that of the item.",
    )


def objections(item: ItemFacts, point: PointFacts, right: Right, terms: Terms) -> list[Unlawful]:
    """Everything the law has against it, each by name and with what would be right."""
    return [kind(*kind.right) for kind in _objections(item, point, right, terms)]


def _objections(
    item: ItemFacts, point: PointFacts, right: Right, terms: Terms
) -> Iterator[type[Unlawful]]:
    if item.kind == COERCION:
        yield CoercionStays
    if right is Right.CLOSE:
        yield from _closing(item, point, terms)
    if terms.mode is Mode.HAND_DOWN and not _below(item, point):
        yield HandDownNeedsLowerOrgan
    if terms.mode is Mode.AUTHORISE:
        if point.kind in (PointKind.STATION, PointKind.KIOSK):
            yield AuthorisationNeedsOrganisation
        elif not terms.legal_basis.strip():
            yield AuthorisationNeedsLaw
    if not lies_in(point.region, item.region):
        yield OutsideRegion


def _closing(item: ItemFacts, point: PointFacts, terms: Terms) -> Iterator[type[Unlawful]]:
    if item.power_source in ("entrusted", "entrusted_peer"):
        yield EntrustedFurther
    if decided_by_rule(item):
        return
    if point.kind in NO_ORGAN:
        if item.kind != SERVICE:
            yield ClosesOnlyServices
    elif item.kind == LICENCE and terms.mode is Mode.ENTRUST and not point.organ:
        yield LicenceNeedsOrgan


def decided_by_rule(item: ItemFacts) -> bool:
    """秒批: the authority's own rule decides, whoever hands out the answer."""
    return item.instant and item.kind != SERVICE


def _below(item: ItemFacts, point: PointFacts) -> bool:
    """`graded` (分级) items have a part at every level, so any organ can hold one."""
    return point.organ and RANK_OF_POINT[point.kind] > RANK.get(item.level, 0)


class SituationUnknown(Invalid):
    """The item has no such situation (办理情形)."""

    zh = "事项没有这一办理情形。"


def check_situations(item: ItemFacts, terms: Terms) -> None:
    if flaws := unknown_situations(item, terms):
        raise SituationUnknown(errors=flaws)


def unknown_situations(item: ItemFacts, terms: Terms) -> list[Flaw]:
    """Situations that the item does not have."""
    return [
        Flaw(
            f"/situations/{place}",
            f"事项 {item.code} 没有这一办理情形。",
            f"Item {item.code} has no such situation.",
            {"fault": "unknown-situation", "item": item.code},
        )
        for place, code in enumerate(terms.situations)
        if code not in item.situations
    ]
