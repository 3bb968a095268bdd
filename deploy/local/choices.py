"""What the person who starts a stack decides: where it lives, which ports, how many, whose servers.

Servers named in the environment are used instead of our own:

    POSTGRES_ADMIN_URL   postgresql://admin:password@host:port/postgres; makes roles and databases
    NATS_URL             for all services; <SERVICE>_NATS_URL and PROVISIONER_NATS_URL go before it,
                         PARTNER_<DEPARTMENT>_NATS_URL is a partner's (its script rests without)
    OIDC_ISSUER          a standard issuer; PARTNER_<DEPARTMENT>_CLIENT_SECRET is a partner's there
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import ports
from deploy.local.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".local"
SERVICES = ("catalog", "bundle", "approval", "metrics")
# What an operator's shell may say to every service, beside what the stack tells them.
PASSED_ON = ("LOG_LEVEL", "POOL_SIZE", "RATE_LIMIT", "REGION", "DECISION_DELAY", "UPLOADS_URL")


@dataclass(frozen=True)
class Choices:
    """One stack, as wanted."""

    folder: Path = FOLDER
    replicas: int = 1
    port_base: int | None = 8000
    """The gateway's port, the others follow from it; None: free ones are picked."""
    durable: bool = True
    """False: databases forget with the machine's power, and when the stack ends."""
    partners_file: Path = ROOT / "deploy" / "example" / "partners.toml"
    env: Mapping[str, str] = field(default_factory=dict)
    """What the environment said; also what is passed on to the services."""

    @property
    def own_postgres(self) -> bool:
        return "POSTGRES_ADMIN_URL" not in self.env

    @property
    def own_nats(self) -> bool:
        return "NATS_URL" not in self.env

    @property
    def own_issuer(self) -> bool:
        return "OIDC_ISSUER" not in self.env

    def port(self, offset: int) -> int:
        """A fixed port counted from the base, or a free one."""
        return ports.free_port() if self.port_base is None else self.port_base + offset


def from_environment(folder: Path | None = None, ports: str = "", **wanted: bool) -> Choices:
    """`ports` is "auto", "fixed", or empty for what the environment says (PORT_BASE)."""
    env = dict(os.environ)
    named = ports or env.get("PORTS", "fixed")
    if named not in ("auto", "fixed"):
        raise Trouble("--ports 只能是 fixed 或 auto。", "--ports is either fixed or auto.")
    return Choices(
        folder=(folder or Path(env.get("ONEVISIT_FOLDER", FOLDER))).resolve(),
        replicas=_number(env, "REPLICAS", 1, 1, 50),
        port_base=None if named == "auto" else _number(env, "PORT_BASE", 8000, 1024, 65_000),
        partners_file=Path(env.get("PARTNERS_FILE", Choices.partners_file)),
        env=env,
        **wanted,
    )


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise Trouble(
            f"环境变量 {name} 应为 {least} 到 {most} 的整数，现为 {text!r}。",
            f"{name} must be a whole number from {least} to {most}; it is {text!r}.",
        )
    return int(text)
