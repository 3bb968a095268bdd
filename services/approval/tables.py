"""All tables of approval, for its migrations; each subject's stand in its own folder."""

import services.approval.audit.tables
import services.approval.cards.tables
import services.approval.catalogue.tables
import services.approval.clock.tables
import services.approval.consultations.tables
import services.approval.corrections.tables
import services.approval.delivery.tables
import services.approval.desk.tables
import services.approval.endings.tables
import services.approval.exhibits.tables
import services.approval.extensions.tables
import services.approval.instant.tables
import services.approval.procedures.tables
import services.approval.proposals.tables
import services.approval.supervision.tables
import services.approval.transfers.tables  # noqa: F401
from services.approval.schema import Base

__all__ = ["Base"]
