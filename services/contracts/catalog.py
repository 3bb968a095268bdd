"""Published by catalog."""

from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import Field

from services.contracts.items import ItemRecord
from services.contracts.records import EvidenceTypeRecord, FieldRecord
from services.contracts.words import Code, Event, Fact


class ItemPublished(Event):
    """A version of an item is in force, with the definitions of every code it uses."""

    type: ClassVar[str] = "catalog.item.published"
    stream: ClassVar[str] = "CATALOG"
    aggregate: ClassVar[str] = "code"
    route: ClassVar[str] = "catalog.item.published"

    code: Code
    version: int
    item: ItemRecord
    fields: tuple[FieldRecord, ...] = ()
    evidence_types: tuple[EvidenceTypeRecord, ...] = ()


class DepartmentChanged(Event):
    """A department was named or renamed."""

    type: ClassVar[str] = "catalog.department.changed"
    stream: ClassVar[str] = "CATALOG"
    aggregate: ClassVar[str] = "code"
    route: ClassVar[str] = "catalog.department.changed"

    code: Code
    version: int
    name: str
    name_en: str = ""
    region: str = ""


class PointChanged(Event):
    """A service point (服务点) was registered, changed, closed or opened again."""

    type: ClassVar[str] = "catalog.point.changed"
    stream: ClassVar[str] = "CATALOG"
    aggregate: ClassVar[str] = "code"
    route: ClassVar[str] = "catalog.point.changed"

    code: Code
    version: int
    kind: Literal["hall", "park", "township", "village", "station", "kiosk"]
    name: str
    name_en: str = ""
    parent: Code | None = None
    region: str = ""
    organ: bool = False
    """行政机关: whether it is an administrative organ."""
    open: bool = True


class Disposition(Fact):
    """What becomes of items' requirement when nobody issues its evidence any more."""

    items: tuple[Code, ...]
    """The items that need the evidence and of which this holds."""
    action: Literal["drop", "register", "commitment", "keep"]
    """`drop`: it is not needed.  `register`: the desk looks it up.  `commitment`: the applicant
    signs a text instead.  `keep`: an older certificate is still asked, by a law and under a name.
    """
    register_name: str = Field("", max_length=100)
    commitment: Code | None = None
    """The item's commitment that stands in its place."""
    kept_by: Code | None = None
    """The department that answers for still asking."""


class ItemRetired(Event):
    """An item changes its legal mode from a day on: it ends, or goes on as something lighter.

    `cancelled` 取消 and `commitment` 告知承诺 end the item: from that day on nobody applies for it,
    and of a running application it falls away.  `filing` 改备案 and `optimised` 优化 publish a next
    version on that day.  Told when it is decided, and anew when the decision changes before its
    day: of one item the highest `version` counts.
    """

    type: ClassVar[str] = "catalog.item.retired"
    stream: ClassVar[str] = "CATALOG"
    aggregate: ClassVar[str] = "item"
    route: ClassVar[str] = "catalog.item.retired"

    item: Code
    version: int
    """Of the decision, not of the item."""
    mode: Literal["cancelled", "filing", "commitment", "optimised"]
    effective: date
    """The first day, Asia/Shanghai."""
    withdrawn: bool = False
    """The decision was taken back before its day: the item stays as it is."""
    item_version: int = 0
    """The item's version when this was decided."""
    department: Code | None = None
    legal_basis: str = ""
    evidence: Code | None = None
    """What the item issues no longer from that day on."""
    still_issued_by: tuple[Code, ...] = ()
    """Other items that go on issuing it: then it may still be asked."""
    dispositions: tuple[Disposition, ...] = ()
    """For the items that need `evidence`, those alike together."""
    no_longer_asks: tuple[Code, ...] = ()
    """Evidence that the item itself asks no longer (`filing`, `optimised`)."""


class DelegationChanged(Event):
    """A right over an item at a service point (赋权) took a step: offered, agreed, tried, ended.

    The point has the right on a day if `state` is `active` or `widened`, or `trial` and the day is
    not after `trial_until`; and if the day is before `ends_on`, where there is one.
    """

    type: ClassVar[str] = "catalog.delegation.changed"
    stream: ClassVar[str] = "CATALOG"
    aggregate: ClassVar[str] = "delegation"
    route: ClassVar[str] = "catalog.delegation.changed"

    delegation: str
    """`item/point/right`."""
    version: int
    item: Code
    department: Code
    point: Code
    right: Literal["accept", "close"]
    """受理权, 办结权."""
    state: Literal[
        "offered",
        "requested",
        "accepted",
        "declined",
        "trial",
        "active",
        "widened",
        "withdrawn",
    ]
    waits_for: Literal["above", "below"] | None = None
    """Whose answer is outstanding: the item's department's, or the point's people's."""
    mode: Literal["entrust", "authorise", "hand_down"]
    """委托, 授权, 下放: in whose name the point acts."""
    situations: tuple[Code, ...] = ()
    """办理情形 that are covered; none named: all of the item's."""
    only_by_rule: bool = False
    """The point closes only what the item's instant rule decides (秒批)."""
    trial_until: date | None = None
    ends_on: date | None = None
    reason_codes: tuple[Code, ...] = ()
    changed_at: datetime
