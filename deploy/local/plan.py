"""A stack before it starts: every port and secret, so that all parts can be told about all."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local import ports
from deploy.local.choices import SERVICES, Choices
from deploy.local.development_secrets import DevelopmentSecrets
from deploy.local.nats import NatsServer
from deploy.local.postgres import Postgres
from deploy.nats import config
from deploy.nats.partners import Partner


@dataclass
class Plan:
    """Everything that will run, and the addresses that all of them share."""

    choices: Choices
    partners: tuple[Partner, ...]
    secrets: DevelopmentSecrets
    postgres: Postgres | None = None
    nats: NatsServer | None = None
    leaves: dict[str, NatsServer] = field(default_factory=dict)
    gateway: str = ""
    issuer: str = ""
    replicas: dict[str, list[int]] = field(default_factory=dict)

    @property
    def logs(self) -> Path:
        return self.choices.folder / "logs"

    @property
    def partner_notes(self) -> Path:
        """Where the partners' scripts write down what they answered."""
        return self.choices.folder / "partners"

    @property
    def active(self) -> list[Partner]:
        return [one for one in self.partners if one.active]

    def admin_url(self) -> str:
        if self.postgres:
            return self.postgres.admin_url
        return self.choices.env["POSTGRES_ADMIN_URL"]

    def database_url(self, service: str) -> str:
        server = urlsplit(self.admin_url())
        host = server.netloc.rpartition("@")[2]
        netloc = f"{service}:{self.secrets.password(f'database-{service}')}@{host}"
        return urlunsplit(("postgresql+asyncpg", netloc, f"/{service}", server.query, ""))

    def nats_url(self, user: str) -> str:
        """For a service, or for the provisioner."""
        if self.nats:
            return self.nats.url_for(user, self.secrets.password(f"nats-{user}"))
        return self.choices.env.get(f"{user.upper()}_NATS_URL", self.choices.env["NATS_URL"])

    def partner_nats_url(self, one: Partner) -> str | None:
        """Its leaf node where it has one.  None: nobody told us how it gets in."""
        if self.nats is None or one.nkey:
            return self.choices.env.get(one.variable("NATS_URL"))
        server = self.leaves.get(one.department, self.nats)
        return server.url_for(one.department, self.secrets.password(f"nats-{one.department}"))

    def client_secret(self, one: Partner) -> str:
        if not self.choices.own_issuer:
            return self.choices.env.get(one.variable("CLIENT_SECRET"), "")
        return self.secrets.password(f"client-{one.department}")


def make(choices: Choices, partners: tuple[Partner, ...]) -> Plan:
    """Choose every port, so that everybody can be told about everybody."""
    made = Plan(choices, partners, DevelopmentSecrets(choices.folder))
    made.gateway = f"http://{ports.LOOPBACK}:{choices.port(0)}"
    made.issuer = f"http://{ports.LOOPBACK}:{choices.port(10)}"
    if not choices.own_issuer:
        made.issuer = choices.env["OIDC_ISSUER"].rstrip("/")
    made.replicas = {
        service: [choices.port(101 + 100 * place + n) for n in range(choices.replicas)]
        for place, service in enumerate(SERVICES)
    }
    if choices.own_postgres:
        log = made.logs / "postgres.log"
        folder = choices.folder / "postgres"
        made.postgres = Postgres(folder, choices.port(20), choices.durable, log)
    if choices.own_nats:
        _plan_nats(made)
    return made


def _plan_nats(made: Plan) -> None:
    choices, folder = made.choices, made.choices.folder / "nats"
    leaf_port = choices.port(31)
    env = _nats_environment(made, leaf_port)
    text = config.hub(made.partners, leaf_port=leaf_port, monitor_port=choices.port(32))
    made.nats = NatsServer(folder, text, choices.port(30), made.logs / "nats.log", env=env)
    behind = [one for one in made.active if one.leaf]
    for place, one in enumerate(behind):
        name = f"leaf-{one.department}"
        made.leaves[one.department] = NatsServer(
            choices.folder / name,
            config.leaf(one),
            choices.port(40 + place),
            made.logs / f"{name}.log",
            jetstream=False,
            env=env,
        )


def _nats_environment(made: Plan, leaf_port: int) -> dict[str, str]:
    """The passwords that the configuration names."""
    secrets = made.secrets
    users = (*config.SERVICES, config.PROVISIONER)
    env = {config.password_variable(user): secrets.password(f"nats-{user}") for user in users}
    for one in made.partners:
        link = secrets.password(f"link-{one.department}")
        env[one.password_variable] = secrets.password(f"nats-{one.department}")
        env[one.link_password_variable] = link
        host = f"{ports.LOOPBACK}:{leaf_port}"
        env[one.link_url_variable] = f"nats://leaf-{one.department}:{link}@{host}"
    return env
