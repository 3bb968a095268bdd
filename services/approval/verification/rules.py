"""What a certificate's number and code tell."""

from datetime import date
from enum import StrEnum

from services.chassis.errors import NotFound


class CertificateUnknown(NotFound):
    """There is no certificate with this number and this code."""

    zh = "没有与该编号和校验码相符的证照。"


class Standing(StrEnum):
    VALID = "valid"
    NOT_YET = "not-yet"
    EXPIRED = "expired"
    ENDED = "ended"
    """撤回, 撤销, 吊销 or 注销: whatever its dates say."""
    REPLACED = "replaced"
    """延续, 变更 or 补证: another one counts in its place."""
    CONTINUED = "continued"
    """Expired by its date, but its renewal is granted and only waits to be issued."""


def standing(
    valid_from: date,
    valid_until: date | None,
    today: date,
    ended: bool = False,
    replaced_from: date | None = None,
    renewed: bool = False,
) -> Standing:
    if ended:
        return Standing.ENDED
    if replaced_from is not None and today >= replaced_from:
        return Standing.REPLACED
    if today < valid_from:
        return Standing.NOT_YET
    if valid_until is not None and today > valid_until:
        return Standing.CONTINUED if renewed else Standing.EXPIRED
    return Standing.VALID
