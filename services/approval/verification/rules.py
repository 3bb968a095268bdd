"""The short code beside a certificate's number, and what its number and code tell."""

import base64
import hashlib
import hmac
from datetime import date
from enum import StrEnum

from services.chassis.errors import NotFound

LETTERS = 12


class CertificateUnknown(NotFound):
    """There is no certificate with this number and this code."""

    zh = "没有与该编号和校验码相符的证照。"


class Standing(StrEnum):
    VALID = "valid"
    NOT_YET = "not-yet"
    EXPIRED = "expired"


def code(number: str, digest: str) -> str:
    """The first 60 bits of SHA-256 over number and content's digest, in Base32.

    Whoever has the certificate's content can compute it; nobody else can guess it.
    """
    drawn = hashlib.sha256(f"{number}|{digest}".encode()).digest()
    return base64.b32encode(drawn).decode()[:LETTERS]


def fits(number: str, digest: str, given: str) -> bool:
    """Whether `given`, as somebody typed it, is the code."""
    typed = "".join(given.upper().split()).replace("-", "")
    return hmac.compare_digest(code(number, digest).encode(), typed.encode())


def standing(valid_from: date, valid_until: date | None, today: date) -> Standing:
    if today < valid_from:
        return Standing.NOT_YET
    if valid_until is not None and today > valid_until:
        return Standing.EXPIRED
    return Standing.VALID
