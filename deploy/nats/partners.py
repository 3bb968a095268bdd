"""The operator's file: the departments whose own systems take part over NATS.

    [[partner]]
    department = "fire"          # its code; everything else below may be left out
    leaf = true                  # its system sits behind a leaf node in its own network
    active = true                # false: the account is declared and nobody can use it yet
    nkey = "UA…"                 # its system's public key; without one, a password
    max_connections = 8          # at one time; the link of a leaf node counts
    max_subscriptions = 64
    max_payload = 65536          # bytes of one message
    max_bytes = 134217728        # bytes its stream, and its inbox, may hold: nobody else's space

Declare departments ahead of need with `active = false`: an account that a reload adds does not
work until the reload after it, a user that a reload adds works at once.  The file holds no secret;
passwords are read from the environment (see `password_variable`).
"""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Department = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]


class BadPartnersFile(Exception):
    """The operator's file cannot be used; the text says where it is wrong."""


class Partner(BaseModel):
    """A department with an account of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Department
    leaf: bool = False
    active: bool = True
    nkey: str | None = Field(None, pattern=r"^U[A-Z2-7]{55}$")
    max_connections: int = Field(8, ge=1)
    max_subscriptions: int = Field(64, ge=1)
    max_payload: int = Field(65_536, ge=1024, le=262_144)
    max_bytes: int = Field(134_217_728, ge=1_048_576)

    @property
    def account(self) -> str:
        return f"PARTNER_{self.department}"

    @property
    def stream(self) -> str:
        """What the platform tells this department."""
        return f"PARTNER_{self.department}"

    @property
    def inbox(self) -> str:
        """What this department's system says."""
        return f"INBOX_{self.department}"

    @property
    def password_variable(self) -> str:
        return self.variable("PASSWORD")

    @property
    def link_password_variable(self) -> str:
        """Of the link between its leaf node and the platform."""
        return f"LEAF_{self._shouted}_PASSWORD"

    @property
    def link_url_variable(self) -> str:
        """Where its leaf node finds the platform, password included; read by the leaf node."""
        return f"LEAF_{self._shouted}_URL"

    def variable(self, what: str) -> str:
        """The name of an environment variable about this department: `PARTNER_FIRE_PASSWORD`."""
        return f"PARTNER_{self._shouted}_{what}"

    @property
    def _shouted(self) -> str:
        return self.department.upper().replace("-", "_")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    partner: tuple[Partner, ...] = ()

    @model_validator(mode="after")
    def _each_department_once(self) -> "_File":
        codes = [one.department for one in self.partner]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"named more than once: {', '.join(twice)}")
        return self


def read(path: Path) -> tuple[Partner, ...]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, BadPartnersFile) as error:
        raise BadPartnersFile(f"{path}: {error}") from error


def parse(text: str) -> tuple[Partner, ...]:
    try:
        return _File.model_validate(tomllib.loads(text)).partner
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadPartnersFile(str(error)) from error
