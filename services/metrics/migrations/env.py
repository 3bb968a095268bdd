from services.metrics.tables import Base
from services.chassis.migrations import run

run(Base.metadata)
