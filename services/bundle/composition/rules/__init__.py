"""The rules of composition: publish a bundle, compose a plan, check a filing, cut a dossier."""

from services.bundle.composition.rules.abridging import abridge, retired_flaws
from services.bundle.composition.rules.advice import advice
from services.bundle.composition.rules.answering import AnswersWrong
from services.bundle.composition.rules.answering import enough as enough_answers
from services.bundle.composition.rules.answering import fitting as fitting_answers
from services.bundle.composition.rules.aside import OpenFiling, subjects_of
from services.bundle.composition.rules.bundle_records import (
    Bundle,
    Edge,
    Held,
    MemberDefinition,
    Party,
    Repeat,
)
from services.bundle.composition.rules.commitments import Key as CommitmentKey
from services.bundle.composition.rules.composing import NothingToDo, Plan, compose, digest
from services.bundle.composition.rules.conditions import Undecidable
from services.bundle.composition.rules.copying import CopyFaulty, copied, unchanged
from services.bundle.composition.rules.correcting import Correctable, correctable, resolved
from services.bundle.composition.rules.deferral import dated, day_of, gaps
from services.bundle.composition.rules.differences import Change, differences, item_differences
from services.bundle.composition.rules.dossiers import (
    Dossier,
    DossierField,
    demanded,
    dossier_fields,
)
from services.bundle.composition.rules.field_records import EvidenceType, FieldDefinition
from services.bundle.composition.rules.filing import FilingIncomplete, check_filing
from services.bundle.composition.rules.guiding import guidance
from services.bundle.composition.rules.item_records import (
    Duration,
    FieldUse,
    Item,
    ItemVersion,
    Requirement,
)
from services.bundle.composition.rules.later import (
    KINDS,
    RENEWAL,
    REPLACEMENT,
    KindNotOffered,
    Later,
    of_the_same_thing,
    offered,
    published_for,
    untied,
)
from services.bundle.composition.rules.publishing import (
    BundleFaulty,
    Published,
    UnknownItem,
    publish,
)
from services.bundle.composition.rules.reading import names
from services.bundle.composition.rules.retirements import Retired, Retirement

__all__ = [
    "AnswersWrong",
    "Bundle",
    "BundleFaulty",
    "Change",
    "CommitmentKey",
    "Correctable",
    "CopyFaulty",
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
    "KINDS",
    "KindNotOffered",
    "Later",
    "MemberDefinition",
    "NothingToDo",
    "OpenFiling",
    "Party",
    "Plan",
    "Published",
    "RENEWAL",
    "REPLACEMENT",
    "Repeat",
    "Requirement",
    "Retired",
    "Retirement",
    "Undecidable",
    "UnknownItem",
    "abridge",
    "advice",
    "check_filing",
    "compose",
    "copied",
    "dated",
    "day_of",
    "demanded",
    "correctable",
    "differences",
    "digest",
    "dossier_fields",
    "enough_answers",
    "fitting_answers",
    "gaps",
    "guidance",
    "item_differences",
    "names",
    "of_the_same_thing",
    "offered",
    "publish",
    "published_for",
    "resolved",
    "retired_flaws",
    "subjects_of",
    "unchanged",
    "untied",
]
