"""Personal data at rest: sealed value by value, found again only by a keyed index.

A sealed value is `<key id>:<base64 of nonce and AES-256-GCM ciphertext>`.  Its place (table,
column, row) is authenticated with it: a value copied into another row does not open.  The first key
named seals; all of them open, which is how keys are rotated.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Collection, Mapping
from typing import Annotated, Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Depends, Request

NONCE = 12


class CannotOpen(RuntimeError):
    """A sealed value was moved, altered, or its key is not here."""


class Sealer:
    """`keys`: "k2:<base64 of 32 bytes>,k1:…", newest first.  `index_key`: base64 of 32 bytes."""

    def __init__(self, keys: str, index_key: str) -> None:
        pairs = [one.partition(":") for one in keys.split(",")]
        self.keys = {name: AESGCM(_key(text)) for name, _, text in pairs}
        self.newest = pairs[0][0]
        self.index_key = _key(index_key)

    def seal(self, value: str, place: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self.keys[self.newest].encrypt(nonce, value.encode(), place.encode())
        return f"{self.newest}:{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        name, _, text = sealed.partition(":")
        raw = base64.b64decode(text)
        try:
            opened = self.keys[name].decrypt(raw[:NONCE], raw[NONCE:], place.encode())
        except (KeyError, InvalidTag) as error:
            raise CannotOpen(f"{place} (key {name})") from error
        return opened.decode()

    def seal_bytes(self, value: bytes, place: str) -> bytes:
        nonce = os.urandom(NONCE)
        name = self.newest.encode()
        sealed = self.keys[self.newest].encrypt(nonce, value, place.encode())
        return bytes([len(name)]) + name + nonce + sealed

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        at = 1 + sealed[0]
        name = sealed[1:at].decode()
        try:
            return self.keys[name].decrypt(
                sealed[at : at + NONCE], sealed[at + NONCE :], place.encode()
            )
        except (KeyError, InvalidTag) as error:
            raise CannotOpen(f"{place} (key {name})") from error

    def index(self, kind: str, value: object) -> str:
        """Equal values of one kind have an equal index; nothing else can be read from it."""
        text = f"{kind}|{value}".encode()
        return hmac.new(self.index_key, text, hashlib.sha256).hexdigest()

    def seal_form(
        self, form: Mapping[str, Any], personal: Collection[str], application: object
    ) -> dict[str, Any]:
        """The form as it is stored: every personal field sealed, inside list entries too."""
        return {
            code: [self.seal_form(entry, personal, application) for entry in value]
            if isinstance(value, list)
            else {"sealed": self.seal(_text(value), f"form|{code}|{application}")}
            if code in personal
            else value
            for code, value in form.items()
        }

    def open_form(self, form: Mapping[str, Any], application: object) -> dict[str, Any]:
        return {
            code: [self.open_form(entry, application) for entry in value]
            if isinstance(value, list)
            else orjson.loads(self.open(value["sealed"], f"form|{code}|{application}"))
            if isinstance(value, dict)
            else value
            for code, value in form.items()
        }


def _text(value: object) -> str:
    return orjson.dumps(value).decode()


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != 32:
        raise ValueError("a sealing or index key should be base64 of 32 bytes")
    return key


def masked(kind: str, value: object) -> str:
    """A personal value as it is shown: 张**, 110***********1234, 138****5678.

    Enough to recognise oneself, too little to tell others.
    """
    text = str(value)
    if kind in ("id_number", "credit_code"):
        return text[:3] + "*" * max(len(text) - 7, 0) + text[-4:]
    if kind == "phone":
        return text[:3] + "****" + text[-4:]
    if kind in ("boolean", "choice", "integer", "number") or len(text) < 2:
        return "***"  # the first character may be all there is to tell
    return text[:1] + "*" * (len(text) - 1)


async def _sealer(request: Request) -> Sealer:
    sealer: Sealer = request.app.state.sealer
    return sealer


Seals = Annotated[Sealer, Depends(_sealer)]
