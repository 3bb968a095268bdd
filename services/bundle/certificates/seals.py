"""An authority's e-seal comes from its seal service; this is where one is plugged in.

Our own signatures prove that records are as we wrote them.  They are no seal.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on the page where the seal belongs."""

    zh: str
    en: str
    sealed: bool


class SealService(Protocol):
    """Puts an authority's seal onto its certificates: `authority` is a department's code, or
    `point:<code>` where a service point decided in its own name."""

    def mark(self, authority: str) -> Mark: ...

    async def seal(self, authority: str, document: bytes) -> bytes:
        """The PDF with the seal's signature in it."""
        ...


class NoSealService:
    """The local stand-in: seals nothing, and says so on every page."""

    def mark(self, authority: str) -> Mark:
        return Mark("演示文件，未加盖电子印章", "Demonstration: bears no e-seal", sealed=False)

    async def seal(self, authority: str, document: bytes) -> bytes:
        return document
