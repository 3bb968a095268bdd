from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.bundle.schema import Base


class CarriedOut(Base):
    """How far applications under way have been seen to since a retirement's day came.

    They are gone through twice: a filing that began the day before may be stored a little after it.
    """

    __tablename__ = "retirement_carried_out"

    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    after: Mapped[UUID | None]
    """The last application seen to in this round."""
    again_at: Mapped[datetime | None]
    """When the second round begins; nothing while the first is on its way."""
    done_at: Mapped[datetime | None]
