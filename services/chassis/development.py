"""A clock that runs ahead of the machine's, moved by whoever writes a file.  For development only.

Terms of law are counted in days, and nobody who tries them out waits for days.  All services of a
stack read the same file (a whole number of seconds), so they agree, and go on agreeing after a
restart.  Times that somebody made up must never count: with such a clock a service starts only
where tokens come from an issuer on this very machine, says so in its log and at `health/ready`, and
what it signs says by how much its clock was ahead.
"""

import ipaddress
import logging
import os
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from services.chassis import ticks

log = logging.getLogger(__name__)


class NotForProduction(RuntimeError):
    """This deployment's tokens come from elsewhere, so people may rely on what it does."""


class MovedClock:
    """The time, and how much of it is made up."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._stamp: tuple[int, int] | None = None
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return ticks.utc() + self.ahead()

    def ahead(self) -> timedelta:
        """Looked up anew whenever the file has changed; there is none before it is first moved."""
        try:
            found = os.stat(self.file)
        except FileNotFoundError:
            return self._ahead
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            with open(self.file, encoding="ascii") as said:
                self._ahead = timedelta(seconds=int(said.read()))
            self._stamp = stamp
        return self._ahead


def clock(file: str, issuer: str) -> ticks.Clock:
    """The machine's clock, or the one that `file` moves."""
    if not file:
        return ticks.utc
    if not _on_this_machine(issuer):
        raise NotForProduction("DEVELOPMENT_CLOCK needs an OIDC_ISSUER on a loopback address")
    moved = MovedClock(file)
    seconds = round(moved.ahead().total_seconds())
    log.warning("development clock: times can be made up", extra={"ahead_seconds": seconds})
    return moved


def lead(now: ticks.Clock) -> int:
    """By how many seconds a clock is ahead; the machine's own never is."""
    return round(now.ahead().total_seconds()) if isinstance(now, MovedClock) else 0


def _on_this_machine(issuer: str) -> bool:
    host = urlsplit(issuer).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
