from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.points.rules import PointKind
from services.catalog.schema import Base


class ServicePoint(Base):
    """A place where people are served; `version` grows with each change."""

    __tablename__ = "service_point"
    __table_args__ = (Index("ix_service_point_parent", "parent", "code"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[PointKind]
    parent: Mapped[str | None] = mapped_column(ForeignKey("service_point.code"))
    region: Mapped[str]
    organ: Mapped[bool]
    """行政机关: whether licensing power can be entrusted to it."""
    name: Mapped[str]
    name_en: Mapped[str]
    place: Mapped[str]
    hours: Mapped[str]
    phone: Mapped[str]
    open: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
