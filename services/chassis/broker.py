"""A NATS connection that is always being kept: connects in the background, replaced when it hangs.

nats-py 2.16 can hang in three ways (a half-open link with unsent bytes, a callback that raises, a
publish future over a server's death), so a watchdog measures a round trip and abandons the client
object after `PATIENCE` seconds without one.  A NATS outage never makes the API unready: the outbox
waits.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

log = logging.getLogger(__name__)

PATIENCE = 15.0
PULSE = 5.0
T = TypeVar("T")


class NotConnected(Exception):
    """There is no connection right now; wait and ask again."""


class Broker:
    """The service's one connection.  `generation` changes with every new client."""

    def __init__(self, url: str, name: str) -> None:
        self.servers = url.split(",")
        self.name = name
        self.client: Client | None = None
        self.generation = 0
        self.last_pulse = 0.0
        self._listeners: dict[str, Callable[[], None]] = {}
        self._connected = asyncio.Event()

    @property
    def connected(self) -> bool:
        """A client that is trying to reconnect is not connected."""
        return self.client is not None and self.client.is_connected

    @property
    def live(self) -> Client:
        """The client, where it is connected."""
        if self.client is None or not self.client.is_connected:
            raise NotConnected
        return self.client

    @property
    def js(self) -> JetStreamContext:
        if not self.connected:
            raise NotConnected
        return self._js

    async def wait(self) -> None:
        await self._connected.wait()

    def listen(self, subject: str, woken: Callable[[], None]) -> None:
        """Call `woken` for every core message on `subject`, on every client from now on."""
        self._listeners[subject] = woken

    def tell(self, subject: str) -> None:
        """Send an empty core message, best effort: whoever misses it polls anyway."""
        if self.client is not None and self.client.is_connected:
            _start(self.client.publish(subject, b""))

    async def run(self) -> None:
        """Keep a working client, for ever."""
        while True:
            try:
                await self._connect()
                await self._watch()
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("broker out of reach", extra={"error": type(error).__name__})
            except Exception:
                log.exception("broker connection failed, starts again")
            finally:
                self._abandon()
            await asyncio.sleep(0.5)

    async def _connect(self) -> None:
        self.client = await asyncio.wait_for(
            nats.connect(
                servers=self.servers,
                name=self.name,
                inbox_prefix=f"_INBOX_{self.name}",
                connect_timeout=2,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                ping_interval=5,
                max_outstanding_pings=2,
                error_cb=_quiet,
            ),
            timeout=10,
        )
        self._js = self.client.jetstream(timeout=5)
        for subject, woken in self._listeners.items():
            await self.client.subscribe(subject, cb=_calls(woken))
        self.generation += 1
        self.last_pulse = time.monotonic()
        self._connected.set()
        log.info("broker connected", extra={"generation": self.generation})

    async def _watch(self) -> None:
        """Return when the client has not made a round trip for PATIENCE seconds."""
        assert self.client is not None
        while time.monotonic() - self.last_pulse < PATIENCE:
            await asyncio.sleep(PULSE)
            try:
                await in_time(self.client.flush(2), 3)
                self.last_pulse = time.monotonic()
            except (NatsError, OSError, TimeoutError) as error:
                log.warning("broker does not answer", extra={"error": type(error).__name__})

    def _abandon(self) -> None:
        self._connected.clear()
        if self.client is not None:
            _cut(self.client)
            _start(_close(self.client))
            self.client = None

    async def close(self) -> None:
        if self.client is not None:
            await _close(self.client)


async def in_time(work: Awaitable[T], seconds: float) -> T:
    """What `work` answers, or TimeoutError.

    For every call into nats-py.  Over a half-open link its calls can wait for ever, and they
    swallow the cancellation that `wait_for` would wait for; here the task is left to itself.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda late: late.cancelled() or late.exception())
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()
    if not done:
        raise TimeoutError
    return task.result()


def _cut(client: Client) -> None:
    """Drop the connection now, unsent bytes and all; nats-py has no such call.

    Its close() first waits until everything is sent.  A server that had only slept would then go on
    delivering to a connection where nobody listens: each such message is late by its ack_wait.
    """
    writer = getattr(client._transport, "_io_writer", None)
    if writer is not None:
        writer.transport.abort()


async def _close(client: Client) -> None:
    try:
        await in_time(client.close(), 2)
    except (NatsError, OSError, TimeoutError) as error:
        log.warning("old broker client did not close", extra={"error": type(error).__name__})


async def _quiet(error: Exception) -> None:
    """nats-py calls this for each failed try; one that raises would stop it for good."""
    log.debug("broker error", extra={"error": type(error).__name__})


def _calls(woken: Callable[[], None]) -> Callable[[Msg], Awaitable[None]]:
    async def heard(message: Msg) -> None:
        woken()

    return heard


_running: set[asyncio.Task[None]] = set()


def _start(work: Awaitable[None]) -> None:
    """Run beside us.  The set keeps the task alive: the loop itself holds it only weakly."""
    task = asyncio.ensure_future(_noted(work))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def _noted(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:
        log.debug("broker side task failed", extra={"error": type(error).__name__})
