from datetime import datetime
from typing import Any

from sqlalchemy import Sequence, func
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.schema import Base

EDITS = Sequence("item_draft_edit", metadata=Base.metadata)
"""Numbers every edit of every draft: a later draft never has the ETag of an earlier one."""


class ItemDraft(Base):
    """What an editor is working at; at most one for each item.  Published, it is gone."""

    __tablename__ = "item_draft"

    code: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    record: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
