from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class Explanation(Base):
    """One text of a desk about one approval, sealed, by digest.  It may name a person.

    A second text stands beside the first: the applicant is shown the one that the authority's
    answer names.
    """

    __tablename__ = "explanation"

    approval: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    written: Mapped[str]
    department: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
