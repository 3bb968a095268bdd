"""When a catalogue record makes sense.  Plain values, no I/O."""

from services.catalog.records.rules.days import ItemRetired, check_not_retired, day_of
from services.catalog.records.rules.ending import Ended, ended_flaws, retired_flaw, retiring_flaws
from services.catalog.records.rules.flaws import RecordFaulty
from services.catalog.records.rules.items import (
    Vocabulary,
    check_item,
    code_word_flaws,
    item_flaws,
    unreadable,
)
from services.catalog.records.rules.powers import KINDS, UNIQUE
from services.catalog.records.rules.rewriting import LOOKED_UP, asks, is_kept, rewritten
from services.catalog.records.rules.vocabulary import check_evidence_type, check_field

__all__ = [
    "KINDS",
    "LOOKED_UP",
    "UNIQUE",
    "Ended",
    "ItemRetired",
    "RecordFaulty",
    "Vocabulary",
    "asks",
    "check_evidence_type",
    "check_field",
    "check_item",
    "check_not_retired",
    "day_of",
    "ended_flaws",
    "is_kept",
    "code_word_flaws",
    "item_flaws",
    "retired_flaw",
    "retiring_flaws",
    "rewritten",
    "unreadable",
]
