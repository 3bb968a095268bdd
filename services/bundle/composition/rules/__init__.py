"""The rules of composition: publish a bundle, compose a plan, check a filing, cut a dossier."""

from services.bundle.composition.rules.answering import AnswersWrong
from services.bundle.composition.rules.bundle_records import (
    Bundle,
    Edge,
    Held,
    MemberDefinition,
    Party,
    Repeat,
)
from services.bundle.composition.rules.composing import NothingToDo, Plan, compose, digest
from services.bundle.composition.rules.conditions import Undecidable
from services.bundle.composition.rules.dossiers import Dossier, DossierField, dossier_fields
from services.bundle.composition.rules.filing import FilingIncomplete, check_filing
from services.bundle.composition.rules.item_records import (
    Duration,
    EvidenceType,
    FieldDefinition,
    FieldUse,
    Item,
    ItemVersion,
    Requirement,
)
from services.bundle.composition.rules.publishing import (
    BundleFaulty,
    Published,
    UnknownItem,
    publish,
)

__all__ = [
    "AnswersWrong",
    "Bundle",
    "BundleFaulty",
    "Dossier",
    "DossierField",
    "Duration",
    "Edge",
    "EvidenceType",
    "FieldDefinition",
    "FieldUse",
    "FilingIncomplete",
    "Held",
    "Item",
    "ItemVersion",
    "MemberDefinition",
    "NothingToDo",
    "Party",
    "Plan",
    "Published",
    "Repeat",
    "Requirement",
    "Undecidable",
    "UnknownItem",
    "check_filing",
    "compose",
    "digest",
    "dossier_fields",
    "publish",
]
