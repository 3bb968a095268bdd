from services.chassis.migrations import run
from services.metrics.tables import Base

run(Base.metadata)
