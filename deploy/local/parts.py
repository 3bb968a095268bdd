"""The parts of a stack: what each is told, where it listens, how one sees that it is ready."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from deploy.local import clock, ports
from deploy.local.children import Command
from deploy.local.choices import PASSED_ON, ROOT
from deploy.local.nats import NatsServer
from deploy.local.plan import Plan
from deploy.local.tokens import key_file

PROTOCOL = "services.chassis.one_write:OneWrite"
UVICORN: tuple[str, ...] = ("--loop", "uvloop", "--http", PROTOCOL, "--no-proxy-headers")
UVICORN += ("--no-server-header", "--no-access-log", "--log-level", "warning")
UVICORN += ("--timeout-graceful-shutdown", "10")


@dataclass
class Part:
    """One process.  `prepare` is asked anew before every start."""

    name: str
    kind: str
    address: str
    prepare: Callable[[], Command]
    health: str = ""
    """An address that answers 200 once the part is ready."""
    ready: Callable[[int], bool] | None = None
    """Whether the process with this number is ready, where no address can say so."""

    @property
    def port(self) -> int | None:
        """Where it listens; None for a partner's script, which only calls."""
        return (
            None if self.kind == "partner" else urlsplit(f"//{self.address.split('//')[-1]}").port
        )


def stages(made: Plan) -> list[list[Part]]:
    """What starts together, first to last; it ends in the opposite order."""
    return [list(_servers(made)), list(_services(made)), [_gateway(made)], list(_partners(made))]


def _servers(made: Plan) -> Iterator[Part]:
    if postgres := made.postgres:
        address = f"{ports.LOOPBACK}:{postgres.port}"
        yield Part("postgres", "postgres", address, postgres.prepare, ready=postgres.is_ready)
    servers = {"nats": made.nats} if made.nats else {}
    for name, server in servers.items():
        yield _nats_part(name, "nats", server)
    for department, server in made.leaves.items():
        yield _nats_part(f"leaf-{department}", "leaf", server)
    if made.choices.own_issuer:
        yield _issuer(made)


def _nats_part(name: str, kind: str, server: NatsServer) -> Part:
    return Part(name, kind, server.url, server.prepare, ready=lambda _: server.is_ready())


def _issuer(made: Plan) -> Part:
    env = {
        "ISSUER_URL": made.issuer,
        "ISSUER_KEY": str(key_file(made.choices.folder)),
        "CLIENTS": ",".join(
            f"partner-{one.department}:{made.client_secret(one)}" for one in made.active
        ),
    }
    command = _uvicorn("deploy.local.issuer:from_environment", made.issuer, env, "--factory")
    return Part("issuer", "issuer", made.issuer, lambda: command, f"{made.issuer}/health/live")


def _services(made: Plan) -> Iterator[Part]:
    for service, its_ports in made.replicas.items():
        for number, port in enumerate(its_ports, start=1):
            name, url = f"{service}-{number}", f"http://{ports.LOOPBACK}:{port}"
            env = _service_environment(made, service) | {"REPLICA": str(number)}
            command = _uvicorn(f"services.{service}.main:make", url, env, "--factory")
            yield Part(name, service, url, _always(command), f"{url}/health/ready")


def _service_environment(made: Plan, service: str) -> dict[str, str]:
    env = _passed_on(made.choices.env)
    env |= {
        "DATABASE_URL": made.database_url(service),
        "NATS_URL": made.nats_url(service),
        "OIDC_ISSUER": made.issuer,
        "OIDC_AUDIENCE": made.choices.env.get("OIDC_AUDIENCE", "onevisit"),
    }
    if made.choices.own_issuer:  # with anybody else's, a clock that can be moved is refused
        env["DEVELOPMENT_CLOCK"] = str(clock.file_in(made.choices.folder))
    if service == "bundle":
        env["SEALING_KEYS"] = f"k1:{made.secrets.key('sealing-k1')}"
        env["INDEX_KEY"] = made.secrets.key("index")
        env.setdefault("UPLOADS_URL", (made.choices.folder / "uploads").as_uri())
        env.setdefault("PUBLIC_URL", made.gateway)
    if service == "approval":
        env["SIGNING_KEYS"] = f"k1:{made.secrets.key('signing-k1')}"
    if service in ("catalog", "approval"):
        env["PARTNERS"] = ",".join(one.department for one in made.active)
    return env


def _gateway(made: Plan) -> Part:
    url = urlsplit(made.gateway)
    env = _passed_on(made.choices.env)
    for service, its_ports in made.replicas.items():
        urls = ",".join(f"http://{ports.LOOPBACK}:{port}" for port in its_ports)
        env[f"{service.upper()}_URL"] = urls
    env |= {
        "OIDC_ISSUER": made.issuer,
        "OIDC_AUDIENCE": made.choices.env.get("OIDC_AUDIENCE", "onevisit"),
        "GATEWAY_HOST": str(url.hostname),
        "GATEWAY_PORT": str(url.port),
    }
    command = Command((sys.executable, "-m", "gateway"), env, ROOT)
    return Part("gateway", "gateway", made.gateway, lambda: command, f"{made.gateway}/health/ready")


def _partners(made: Plan) -> Iterator[Part]:
    """The departments' own systems, each one a script that imports nothing of ours."""
    for one in made.active:
        if (nats_url := made.partner_nats_url(one)) is None:
            continue
        env = _passed_on(made.choices.env) | {
            "NATS_URL": nats_url,
            "GATEWAY_URL": made.gateway,
            "OIDC_ISSUER": made.issuer,
            "CLIENT_ID": f"partner-{one.department}",
            "CLIENT_SECRET": made.client_secret(one),
            "DEPARTMENT": one.department,
            "STATE_DIR": str(made.partner_notes),
        }
        script = str(ROOT / "deploy" / "example" / "partner.py")
        command = Command((sys.executable, script, "--department", one.department), env, ROOT)
        host = urlsplit(nats_url)
        address = f"nats://{host.hostname}:{host.port}"
        yield Part(f"partner-{one.department}", "partner", address, _always(command))


def _uvicorn(app: str, url: str, env: Mapping[str, str], *more: str) -> Command:
    where = urlsplit(url)
    listen = ("--host", str(where.hostname), "--port", str(where.port))
    return Command((sys.executable, "-m", "uvicorn", app, *listen, *UVICORN, *more), env, ROOT)


def _passed_on(env: Mapping[str, str]) -> dict[str, str]:
    return {name: env[name] for name in PASSED_ON if name in env}


def _always(command: Command) -> Callable[[], Command]:
    return lambda: command
