"""The short code beside a certificate's number, by which anybody verifies it."""

import base64
import hashlib
import hmac

LETTERS = 12


def code(number: str, digest: str) -> str:
    """The first 60 bits of SHA-256 over number and content's digest, in Base32.

    Whoever has the certificate's content can compute it; nobody else can guess it.
    """
    drawn = hashlib.sha256(f"{number}|{digest}".encode()).digest()
    return base64.b32encode(drawn[:10]).decode()[:LETTERS]


def fits(number: str, digest: str, given: str) -> bool:
    """Whether `given`, as somebody typed it, is the code."""
    typed = "".join(given.upper().split()).replace("-", "")
    return hmac.compare_digest(code(number, digest).encode(), typed.encode())
