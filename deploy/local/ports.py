"""TCP ports on loopback: free ones, taken ones, and waiting for one to answer."""

import random
import socket

from deploy.local.trouble import Trouble

LOOPBACK = "127.0.0.1"
# Below the ports that systems give to outgoing connections.  Among those a restarting server may
# find its port taken by a client, and a client that tries again may even reach itself.
CHOICE = range(20_000, 32_000)
_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on now, and that this process has not given out before."""
    while True:
        port = random.choice(CHOICE)
        if port not in _given and not is_taken(port):
            _given.add(port)
            return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # Without this a port whose last connections linger in TIME_WAIT would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
        return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def require_free(*wanted: tuple[int, str]) -> None:
    """Say who wants which port before a server dies over it in a language of its own."""
    taken = ", ".join(f"{port} ({part})" for port, part in wanted if is_taken(port))
    if taken:
        raise Trouble(
            f"端口已被占用：{taken}。请结束占用它们的程序，或改用其他端口："
            "PORT_BASE=<起始端口>，或 onevisit up --ports auto。",
            f"Ports are taken: {taken}. End the programs that hold them, or choose others: "
            "PORT_BASE=<first port>, or onevisit up --ports auto.",
        )
