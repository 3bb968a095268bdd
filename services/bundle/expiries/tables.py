from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base
from services.bundle.wallet.tables import Evidence


class ExpiryTold(Base):
    """That a holder was told, so many days before the end; or that a nearer notice was enough."""

    __tablename__ = "expiry_told"

    evidence: Mapped[UUID] = mapped_column(ForeignKey(Evidence.id), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=func.now())
