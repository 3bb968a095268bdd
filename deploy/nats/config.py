"""nats-server's configuration, made from the operator's file: accounts, users, permissions.

The texts hold no password: `$NAME` is read from the server's own environment.  Such a password
must begin with a letter and have letters and digits only, for the server parses it as a value.
"""

import json
from collections.abc import Iterable, Sequence

from deploy.nats.partners import Partner

SERVICES = ("catalog", "bundle", "approval", "metrics")
PROVISIONER = "provisioner"
PUBLISHES = {
    "catalog": ("catalog.>", "partner.*.delegation.>", "partner.*.item.>"),
    "bundle": ("bundle.>",),
    "approval": ("approval.>", "partner.>"),
    "metrics": ("metrics.>",),
}
# Streams a service may listen to; approval also hears every partner's inbox.
HEARS = {
    "catalog": ("BUNDLE", "METRICS"),
    "bundle": ("CATALOG", "APPROVAL"),
    "approval": ("CATALOG", "BUNDLE"),
    "metrics": ("CATALOG", "BUNDLE", "APPROVAL", "METRICS"),
}
MAX_MESSAGE = 262_144


def consumer_name(service: str, stream: str) -> str:
    """One durable consumer per service and stream: `bundle-on-APPROVAL`, and nothing else."""
    return f"{service}-on-{stream}"


def password_variable(user: str) -> str:
    return f"{user.upper()}_NATS_PASSWORD"


def hub(partners: Sequence[Partner], *, leaf_port: int = 0, monitor_port: int = 0) -> str:
    """The platform's server on one machine; where it listens and stores is told elsewhere."""
    monitor = f"http: {_quoted(f'127.0.0.1:{monitor_port}')}\n" if monitor_port else ""
    links = leaf_listener(partners, f"127.0.0.1:{leaf_port}") if leaf_port else ""
    return f"max_payload: {MAX_MESSAGE}\n{monitor}{links}{accounts(partners)}"


def leaf_listener(partners: Iterable[Partner], listen: str) -> str:
    """Where departments' leaf nodes knock.  Each has a password that opens its account only."""
    users = "\n".join(
        f"    {{ user: {_quoted(f'leaf-{one.department}')}, "
        f"password: ${one.link_password_variable}, account: {_quoted(one.account)} }}"
        for one in partners
        if one.leaf and one.active
    )
    if not users:
        return ""
    return (
        f"leafnodes {{\n  listen: {_quoted(listen)}\n"
        f"  authorization {{ users: [\n{users}\n  ] }}\n}}\n"
    )


def leaf(partner: Partner) -> str:
    """A department's own server, in its own network: one outbound link to the platform.

    Nothing of the platform ever connects to it; its system logs in here with the department's
    own password, which the platform need not know.
    """
    return (
        f"authorization {{ users: [ {_login(partner)} ] }}\n"
        f"leafnodes {{ remotes: [ {{ url: ${partner.link_url_variable} }} ] }}\n"
    )


def accounts(partners: Sequence[Partner]) -> str:
    """The `accounts` block, the same on every node of a cluster; made to be included there."""
    users = [_service_user(name, partners) for name in SERVICES]
    users.append(_user(PROVISIONER, ["$JS.API.>"], []))
    exports = "\n".join(_exports(one) for one in partners)
    declared = "\n".join(_account(one) for one in partners)
    lines = "\n".join(users)
    return (
        f"accounts {{\n  PLATFORM {{\n    jetstream: enabled\n    users: [\n{lines}\n    ]\n"
        f"    exports: [\n{exports}\n    ]\n  }}\n{declared}\n}}\n"
    )


def _service_user(service: str, partners: Sequence[Partner]) -> str:
    poke = f"poke.{service}"
    heard = list(HEARS[service])
    if service == "approval":
        heard += [one.inbox for one in partners]
    publish = [*PUBLISHES[service], poke, "$JS.API.STREAM.INFO.*"]
    for stream in heard:
        publish += _own_consumer(stream, consumer_name(service, stream))
    return _user(service, publish, [poke])


def _own_consumer(stream: str, consumer: str) -> list[str]:
    """What a service needs to make its consumer on a stream, to pull from it and to ack.

    It may not delete one, nor touch another service's: their names are spelled out.
    """
    api = "$JS.API.CONSUMER"
    return [
        f"{api}.CREATE.{stream}.{consumer}",
        f"{api}.CREATE.{stream}.{consumer}.>",
        f"{api}.DURABLE.CREATE.{stream}.{consumer}",
        f"{api}.INFO.{stream}.{consumer}",
        f"{api}.MSG.NEXT.{stream}.{consumer}",
        f"$JS.ACK.{stream}.{consumer}.>",
    ]


def _user(name: str, publish: list[str], subscribe: list[str]) -> str:
    """Replies come to an inbox of the user's own: a shared one would let it read others'."""
    allowed = ",\n        ".join(_quoted(subject) for subject in publish)
    heard = ", ".join(_quoted(subject) for subject in [f"_INBOX_{name}.>", *subscribe])
    return (
        f"      {{ user: {name}, password: ${password_variable(name)}, permissions: {{\n"
        f"        publish: [{allowed}]\n        subscribe: [{heard}] }} }}"
    )


def _pull(partner: Partner) -> str:
    return f"CONSUMER.MSG.NEXT.{partner.stream}.{partner.department}"


def _ack(partner: Partner) -> str:
    return f"$JS.ACK.{partner.stream}.{partner.department}.>"


def _exports(one: Partner) -> str:
    only = f"accounts: [{_quoted(one.account)}]"
    pull = f'{{ service: "$JS.API.{_pull(one)}", response_type: stream, {only} }}'
    ack = f'{{ service: "{_ack(one)}", {only} }}'
    say = f'{{ service: "in.{one.department}.>", {only} }}'
    return f"      {pull}\n      {ack}\n      {say}"


def _account(one: Partner) -> str:
    """What the department's system can do: pull, ack, speak.

    The pull subject gets a prefix of its own, so that a leaf node forwards it instead of taking it
    for a request to a JetStream of its own.  What it says lands under its code whatever it writes:
    the account is the identity.
    """
    users = f"users: [ {_partner_user(one)} ]" if one.active else "users: []"
    platform = "account: PLATFORM, subject:"
    return (
        f"  {_quoted(one.account)} {{\n"
        f"    limits: {{ max_connections: {one.max_connections}, "
        f"max_subscriptions: {one.max_subscriptions}, max_payload: {one.max_payload} }}\n"
        f"    {users}\n    imports: [\n"
        f'      {{ service: {{ {platform} "$JS.API.{_pull(one)}" }}, '
        f'to: "partner.API.{_pull(one)}" }}\n'
        f'      {{ service: {{ {platform} "{_ack(one)}" }} }}\n'
        f'      {{ service: {{ {platform} "in.{one.department}.>" }}, to: "in.>" }}\n'
        f"    ]\n  }}"
    )


def _partner_user(one: Partner) -> str:
    allowed = json.dumps([f"partner.API.{_pull(one)}", _ack(one), "in.>"])
    login = f"nkey: {one.nkey}" if one.nkey else _login(one)[2:-2]
    return f'{{ {login}, permissions: {{ publish: {allowed}, subscribe: ["_INBOX.>"] }} }}'


def _login(one: Partner) -> str:
    return f"{{ user: {_quoted(one.department)}, password: ${one.password_variable} }}"


def _quoted(text: str) -> str:
    return json.dumps(text)
