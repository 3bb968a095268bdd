"""The declarative root of metrics' tables, and the tables that the chassis asks for."""

from sqlalchemy.orm import DeclarativeBase

from services.chassis.database import COLUMN_TYPES, metadata
from services.chassis.idempotency import idempotency_table
from services.chassis.inbox import inbox_table, parked_table
from services.chassis.outbox import outbox_table, waiting_table


class Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


outbox_table(Base.metadata)
waiting_table(Base.metadata)
inbox_table(Base.metadata)
parked_table(Base.metadata)
idempotency_table(Base.metadata)
