"""The passwords and keys of a development stack: made at first need, kept in one private file."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path


class DevelopmentSecrets:
    """Named secrets.  A folder always gives the same ones: what they sealed stays readable."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "secrets.json"
        self.known: dict[str, str] = {}
        if self.path.exists():
            self.known = json.loads(self.path.read_text())

    def password(self, name: str) -> str:
        """Letters and digits, beginning with a letter: fit for every file and address."""
        return self._get(name, lambda: f"s{secrets.token_hex(24)}")

    def key(self, name: str) -> str:
        """32 random bytes, base64."""
        return self._get(name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    def _get(self, name: str, make: Callable[[], str]) -> str:
        if name not in self.known:
            self.known[name] = make()
            draft = self.path.with_suffix(".draft")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(self.known, indent=2))
            draft.replace(self.path)
        return self.known[name]
