from sqlalchemy import Index, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.schema import Base


class ItemSearch(Base):
    """Where an item is looked for, and what it is sieved by; made from its record by `rules`."""

    __tablename__ = "item_search"
    __table_args__ = (
        Index("ix_item_search_grams", "grams", postgresql_using="gin"),
        Index("ix_item_search_name", "name", postgresql_ops={"name": "text_pattern_ops"}),
        Index("ix_item_search_name_en", "name_en", postgresql_ops={"name_en": "text_pattern_ops"}),
        Index("ix_item_search_department", "department", "code"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    names: Mapped[str]
    """Both names, a line each."""
    read: Mapped[str]
    """The name's pinyin, a `'` before each syllable."""
    rest: Mapped[str]
    """Codes and the department's name, a line each."""
    grams: Mapped[str] = mapped_column(TSVECTOR)
    department: Mapped[str]
    region: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str]
    audience: Mapped[list[str]] = mapped_column(ARRAY(String))
    online_depth: Mapped[int] = mapped_column(SmallInteger)
    made_by: Mapped[int] = mapped_column(SmallInteger)
