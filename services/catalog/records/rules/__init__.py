"""When a catalogue record makes sense.  Plain values, no I/O."""

from services.catalog.records.rules.days import ItemRetired, check_not_retired, day_of
from services.catalog.records.rules.flaws import RecordFaulty
from services.catalog.records.rules.items import Vocabulary, check_item, item_flaws, unreadable
from services.catalog.records.rules.powers import KINDS, UNIQUE
from services.catalog.records.rules.vocabulary import check_evidence_type, check_field

__all__ = [
    "KINDS",
    "UNIQUE",
    "ItemRetired",
    "RecordFaulty",
    "Vocabulary",
    "check_evidence_type",
    "check_field",
    "check_item",
    "check_not_retired",
    "day_of",
    "item_flaws",
    "unreadable",
]
