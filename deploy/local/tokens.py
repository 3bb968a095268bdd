"""Development tokens: one signing key in the stack's folder, and what is signed with it.

FOR DEVELOPMENT ONLY.  Whoever can read the key file can be anybody.
"""

import json
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

AUDIENCE = "onevisit"
ALGORITHM = "ES256"
ROLES = ("citizen", "clerk", "officer", "inspector", "bureau", "operator", "partner")


class Signer:
    """Signs for one issuer.  The key is made at first use and readable for its owner only."""

    def __init__(self, key_file: Path, issuer: str, audience: str = AUDIENCE) -> None:
        self.issuer = issuer
        self.audience = audience
        self.key = _key(key_file)

    def mint(
        self,
        sub: str,
        *roles: str,
        department: str | None = None,
        acr: str = "1",
        enterprise: str | None = None,
        point: str | None = None,
        lifetime: int = 3600,
        **more: Any,
    ) -> str:
        """An access token.  `enterprise` is the credit code that a legal-person login acts for,
        `point` the service point whose people a clerk belongs to; `more` replaces or adds
        claims, for those who want a wrong token."""
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "aud": self.audience, "sub": sub}
        claims |= {"iat": now, "nbf": now, "exp": now + lifetime}
        claims |= {"roles": list(roles), "acr": acr}
        if department:
            claims["department"] = department
        if enterprise:
            claims["enterprise"] = enterprise
        if point:
            claims["point"] = point
        return self.sign(claims | more)

    def token_for(self, *, role: str, sub: str, **claims: Any) -> str:
        """A token for somebody with one role; see `mint`."""
        return self.mint(sub, role, **claims)

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid}, claims, self.key)

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False, alg=ALGORITHM, use="sig")]}


def key_file(folder: Path) -> Path:
    return folder / "issuer-key.json"


def _key(path: Path) -> ECKey:
    if not path.exists():
        fresh = ECKey.generate_key("P-256", auto_kid=True)
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh.as_dict(private=True)))
        draft.replace(path)  # whoever starts at the same time reads a whole key
    return ECKey.import_key(json.loads(path.read_text()))
