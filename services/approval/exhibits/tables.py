from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.approval.schema import Base


class Exhibit(Base):
    """That a department has uploaded a file, as bundle told: our copy of whose it is."""

    __tablename__ = "exhibit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    department: Mapped[str]
    digest: Mapped[str]
    filed_at: Mapped[datetime]
