"""All tables of bundle, for its migrations; each subject's stand in its own folder."""

import services.bundle.applications.tables
import services.bundle.composition.tables
import services.bundle.corrections.tables
import services.bundle.dossiers.tables
import services.bundle.expiries.tables
import services.bundle.explanations.tables
import services.bundle.inspections.tables
import services.bundle.notices.tables
import services.bundle.parties.tables
import services.bundle.points.tables
import services.bundle.retirements.tables
import services.bundle.wallet.tables  # noqa: F401
from services.bundle.schema import Base

__all__ = ["Base"]
