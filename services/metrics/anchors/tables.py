from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from services.chassis.database import table
from services.metrics.schema import Base


class Anchor(Base):
    """As approval told it.  Of two that contradict each other both are kept."""

    __tablename__ = "anchor"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str]
    signature: Mapped[str]
    anchored_at: Mapped[datetime]


ANCHOR = table(Anchor)
