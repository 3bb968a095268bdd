"""Published by catalog."""

from typing import ClassVar, Literal

from services.contracts.items import ItemRecord
from services.contracts.records import EvidenceTypeRecord, FieldRecord
from services.contracts.words import Code, Event


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
