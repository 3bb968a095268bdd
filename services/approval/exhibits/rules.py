"""What may be named as evidence: a department's own upload, or a document's number."""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from services.chassis.errors import Flaw, Invalid

# A citizen's number, or a mobile phone's: whoever writes one down means a person, not a document.
PERSONS = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")


class EvidenceFaulty(Invalid):
    """Evidence is an upload of your own department's, or a document's number."""

    zh = "凭据须是本部门上传的附件，或文号。"


def upload_in(evidence: str) -> UUID | None:
    """The upload's id that was given instead of a document's number."""
    try:
        return UUID(evidence.strip())
    except ValueError:
        return None


def check_document(evidence: str, pointer: str) -> None:
    """Raise where it cannot be a document's number."""
    if not any(one.isdigit() for one in evidence):
        flaw = "应为文号或本部门上传附件的编号。", "A document's number, or an upload's id."
        raise EvidenceFaulty(errors=[Flaw(pointer, *flaw)])
    if PERSONS.search(evidence):
        flaw = "应为文号，不是个人号码。", "A document's number, not a person's."
        raise EvidenceFaulty(errors=[Flaw(pointer, *flaw)])


def check_known(wanted: Sequence[UUID], known: Collection[UUID], pointers: Sequence[str]) -> None:
    """Raise where an upload is not the department's, or not anybody's: that looks the same.

    It may also have been uploaded a moment ago, hence Retry-After.
    """
    flaws = []
    for place, (upload, pointer) in enumerate(zip(wanted, pointers, strict=True)):
        if upload in wanted[:place]:
            flaws.append(Flaw(pointer, "重复。", "It is named before."))
        elif upload not in known:
            flaw = "本部门没有上传过这个附件。", "Your department has uploaded no such file."
            flaws.append(Flaw(pointer, *flaw))
    if flaws:
        raise EvidenceFaulty(errors=flaws, retry_after=1)
