"""Who is told what: ports, replicas, servers named in the environment, partners' ways in."""

import pytest

from deploy.local import parts, plan
from deploy.local.choices import Choices
from deploy.nats import partners

PARTNERS = partners.parse(
    """
    [[partner]]
    department = "fire"

    [[partner]]
    department = "market-order"
    leaf = true

    [[partner]]
    department = "tax"
    active = false
    """
)


def told(made: plan.Plan) -> dict[str, dict[str, str]]:
    """What each part is told that is ready to run without a server."""
    skipped = {"postgres", "nats", "leaf"}
    every = (part for stage in parts.stages(made) for part in stage)
    return {part.name: dict(part.prepare().env) for part in every if part.kind not in skipped}


@pytest.fixture
def made(tmp_path):
    return plan.make(Choices(folder=tmp_path, replicas=2), PARTNERS)


def test_ports_follow_from_the_base(made):
    assert (made.gateway, made.issuer) == ("http://127.0.0.1:8000", "http://127.0.0.1:8010")
    assert made.replicas["catalog"] == [8101, 8102]
    assert made.replicas["metrics"] == [8401, 8402]
    assert made.postgres.port == 8020


def test_free_ports_are_all_different(tmp_path):
    made = plan.make(Choices(folder=tmp_path, replicas=20, port_base=None), PARTNERS)

    used = [port for its_ports in made.replicas.values() for port in its_ports]
    used += [made.postgres.port, made.nats.port, *(one.port for one in made.leaves.values())]

    assert len(set(used)) == len(used) == 83


def test_the_gateway_knows_every_replica(made):
    urls = told(made)["gateway"]["BUNDLE_URL"]

    assert urls == "http://127.0.0.1:8201,http://127.0.0.1:8202"


def test_only_active_partners_take_part(made):
    found = told(made)

    assert {name for name in found if name.startswith("partner-")} == {
        "partner-fire",
        "partner-market-order",
    }
    assert found["approval-1"]["PARTNERS"] == "fire,market-order"


def test_a_partner_behind_a_leaf_node_knows_its_leaf_node_only(made):
    found = told(made)

    assert str(made.nats.port) in found["partner-fire"]["NATS_URL"]
    leaf = made.leaves["market-order"]
    assert str(leaf.port) in found["partner-market-order"]["NATS_URL"]


def test_each_service_has_its_own_account_everywhere(made):
    found = told(made)

    for variable in ("DATABASE_URL", "NATS_URL"):
        addresses = {found[f"{service}-1"][variable] for service in made.replicas}
        assert len(addresses) == 4
    assert "SEALING_KEYS" in found["bundle-1"]
    assert "SEALING_KEYS" not in found["approval-1"]
    assert "SIGNING_KEYS" in found["approval-1"]
    assert "SIGNING_KEYS" not in found["bundle-1"]


def test_all_services_read_one_clock_and_nobody_else_does(made):
    name = "DEVELOPMENT_CLOCK"
    clocks = {part: env[name] for part, env in told(made).items() if name in env}

    assert set(clocks) == {f"{service}-{n}" for service in made.replicas for n in (1, 2)}
    assert len(set(clocks.values())) == 1


def test_a_stack_started_again_finds_its_secrets(made, tmp_path):
    first = told(made)["bundle-1"]

    again = told(plan.make(Choices(folder=tmp_path), PARTNERS))["bundle-1"]

    assert again["SEALING_KEYS"] == first["SEALING_KEYS"]
    assert again["DATABASE_URL"].partition("@")[0] == first["DATABASE_URL"].partition("@")[0]


def test_servers_named_in_the_environment_are_used_instead_of_our_own(tmp_path):
    env = {
        "POSTGRES_ADMIN_URL": "postgresql://admin:pw@db.example:5433/postgres?sslmode=require",
        "NATS_URL": "nats://broker.example:4222",
        "BUNDLE_NATS_URL": "nats://bundle:pw@broker.example:4222",
        "OIDC_ISSUER": "https://login.example/",
        "PARTNER_MARKET_ORDER_NATS_URL": "nats://market:pw@leaf.example:4222",
        "PARTNER_MARKET_ORDER_CLIENT_SECRET": "secret",
    }
    made = plan.make(Choices(folder=tmp_path, env=env), PARTNERS)
    found = told(made)

    assert (made.postgres, made.nats, made.leaves) == (None, None, {})
    assert found["bundle-1"]["DATABASE_URL"].endswith("@db.example:5433/bundle?sslmode=require")
    assert found["bundle-1"]["NATS_URL"] == env["BUNDLE_NATS_URL"]
    assert found["metrics-1"]["NATS_URL"] == env["NATS_URL"]
    assert found["gateway"]["OIDC_ISSUER"] == "https://login.example"
    assert "issuer" not in found
    assert not [name for name, env in found.items() if "DEVELOPMENT_CLOCK" in env]
    assert "partner-fire" not in found
    assert found["partner-market-order"]["CLIENT_SECRET"] == "secret"
