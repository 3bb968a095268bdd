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


def standing(
    valid_from: date, valid_until: date | None, today: date, ended: bool = False
) -> Standing:
    if ended:
        return Standing.ENDED
    if today < valid_from:
        return Standing.NOT_YET
    if valid_until is not None and today > valid_until:
        return Standing.EXPIRED
    return Standing.VALID
