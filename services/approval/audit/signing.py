"""Signatures behind an interface: Ed25519 here; another algorithm (SM2) is another class.

A signature of ours proves that a record is as we wrote it.  It is not an authority's seal.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class Key(Protocol):
    """A key pair; `algorithm` is named wherever its public half is published."""

    algorithm: str

    def sign(self, message: bytes) -> bytes: ...
    def public(self) -> bytes: ...


class Ed25519:
    """RFC 8032."""

    algorithm = "Ed25519"

    def __init__(self, seed: bytes) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)

    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Signer:
    """`keys`: "k2:<base64 of a 32-byte seed>,k1:…", newest first: it signs, all of them verify.

    `remark`: what every act that is signed says besides.
    """

    def __init__(self, keys: str, remark: Callable[[], Mapping[str, Any]] = dict) -> None:
        self.remark = remark
        pairs = [one.partition(":") for one in keys.split(",")]
        self.keys: dict[str, Key] = {
            name.strip(): Ed25519(base64.b64decode(text, validate=True)) for name, _, text in pairs
        }
        self.newest = pairs[0][0].strip()

    def sign(self, message: bytes) -> tuple[str, str]:
        """The key's id and the signature in base64."""
        return self.newest, base64.b64encode(self.keys[self.newest].sign(message)).decode()

    def published(self) -> dict[str, dict[str, str]]:
        """Public keys by id, as verifiers need them."""
        return {
            name: {
                "algorithm": key.algorithm,
                "public": base64.b64encode(key.public()).decode(),
            }
            for name, key in self.keys.items()
        }


class Verifier:
    """Checks signatures with published keys; what it cannot check does not hold."""

    def __init__(self, published: Mapping[str, Mapping[str, str]]) -> None:
        self.keys = {
            name: Ed25519PublicKey.from_public_bytes(base64.b64decode(key["public"]))
            for name, key in published.items()
            if key["algorithm"] == Ed25519.algorithm
        }

    def __call__(self, key: str, message: bytes, signature: str) -> bool:
        try:
            self.keys[key].verify(base64.b64decode(signature, validate=True), message)
        except (KeyError, InvalidSignature, binascii.Error):
            return False
        return True
