from services.catalog.records.tables import Record
from services.catalog.schema import Base


class Crosswalk(Record, Base):
    """Its code is that of the source system."""

    __tablename__ = "crosswalk"
