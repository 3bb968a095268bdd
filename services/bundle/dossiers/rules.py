"""What a desk may store and read.  Plain values, no I/O."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from services.bundle.composition.rules import Dossier
from services.chassis.errors import Conflict, Flaw, Invalid, NotFound


class ContentFaulty(Invalid):
    """The content is not what this kind of result carries."""

    zh = "内容与该类结果不符。"


class ExplanationFaulty(Invalid):
    """The explanation speaks of what this dossier does not have."""

    zh = "说明涉及案卷中没有的内容。"


class DossierUnknown(NotFound):
    """Your department has no dossier under this approval."""

    zh = "贵部门没有这份案卷。"


class PleaUnknown(NotFound):
    """Nothing was written to the bureau under this digest, or not by your department."""

    zh = "没有这份申诉说明，或不是贵部门所写。"


class NothingToCompare(Conflict):
    """Nothing was handed in under this material that an original could be compared with."""

    zh = "该材料尚未提交，没有可与原件核对的内容。"


class RelationUnchecked(Conflict):
    """Nobody has seen the original that shows who the child's guardian is: that comes first."""

    zh = "尚未核对证明监护关系的原件，须先核对，才能为该未成年人制发证照。"


class AnotherUpload(Conflict):
    """The files you compared are not those that are handed in now: look at these."""

    zh = "您核对的文件不是现在提交的文件，请核对现在的文件。"


def check_compared(compared: Collection[str], files: Collection[str]) -> None:
    if set(compared) != set(files):
        raise AnotherUpload(files=sorted(files))


def check_content(content: Mapping[str, Any], expected: Collection[str]) -> None:
    """A result's content names just the fields its evidence type carries, and all of them."""
    flaws = [
        Flaw(f"/content/{code}", "缺少此项。", "This is required.")
        for code in expected
        if content.get(code) in (None, "")
    ]
    flaws += [
        Flaw(f"/content/{code}", "没有这一项，请删去。", "There is no such field; leave it out.")
        for code in content
        if code not in expected
    ]
    if flaws:
        raise ContentFaulty(errors=flaws)


def check_explained(gaps: Collection[str], known: Collection[str]) -> None:
    """What would be right is said of what the applicant filled in or handed in, of nothing else."""
    flaws = [
        Flaw(f"/gaps/{gap.replace('~', '~0').replace('/', '~1')}", *NOT_THERE)
        for gap in gaps
        if gap not in known
    ]
    if flaws:
        raise ExplanationFaulty(errors=flaws)


NOT_THERE = (
    "应为本案卷的字段代码，或材料（“材料类型:归属”）。",
    "This should be a field of this dossier, or a material (`evidence:owner`).",
)


def narrowed(dossier: Dossier, fields: Collection[str], evidence: Collection[str]) -> Dossier:
    """Of a dossier, just what another department is shown: its fields by code, its evidence by type
    or by key (`evidence:owner`)."""
    held = zip(dossier.held, dossier.held_as, strict=True)
    kept = [(id, key) for id, key in held if _named(key, evidence)]
    return replace(
        dossier,
        fields=tuple(one for one in dossier.fields if one.field in fields),
        materials=tuple(key for key in dossier.materials if _named(key, evidence)),
        issued=tuple(one for one in dossier.issued if _named(one[1], evidence)),
        held=tuple(id for id, _ in kept),
        held_as=tuple(key for _, key in kept),
        registers=tuple(one for one in dossier.registers if _named(one, evidence)),
    )


def _named(key: str, evidence: Collection[str]) -> bool:
    return key in evidence or key.partition(":")[0] in evidence
