"""Published by catalog."""

from typing import ClassVar

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
