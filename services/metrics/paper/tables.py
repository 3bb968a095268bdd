from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import table
from services.metrics.schema import Base


class PublishedItem(Base):
    """What the indicators need of an item's newest version; times in working hours."""

    __tablename__ = "published_item"
    __table_args__ = (Index("ix_published_item_department", "department"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    department: Mapped[str]
    region: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    handling: Mapped[str]
    legal_hours: Mapped[int | None]
    promised_hours: Mapped[int]
    materials: Mapped[int]
    visits: Mapped[int]
    online_depth: Mapped[int]
    online_address: Mapped[bool]
    online_suitable: Mapped[bool]
    at_hall: Mapped[bool]
    comprehensive_window: Mapped[bool]


class Retirement(Base):
    """The newest decision on an item's retirement: from that day on it is no item any more, unless
    it only becomes something lighter (`ends` is false) or the decision was taken back."""

    __tablename__ = "item_retirement"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    ends: Mapped[bool]
    effective: Mapped[date]


ITEM = table(PublishedItem)
RETIREMENT = table(Retirement)
