"""What a retirement spares an application under way.  Plain values, no I/O."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Retired:
    """One retirement, as catalog told it."""

    item: str
    mode: str
    effective: date
    evidence: str | None
    dispositions: Mapping[str, Mapping[str, Any]]
    """By the item that needs the evidence."""
    no_longer_asks: tuple[str, ...]

    @classmethod
    def of(cls, row: Any) -> "Retired":
        by_item = {item: one for one in row.dispositions for item in one["items"]}
        asks = tuple(row.no_longer_asks)
        return cls(row.item, row.mode, row.effective, row.evidence, by_item, asks)

    @property
    def items(self) -> list[str]:
        """Those whose applications it can change."""
        spared = [item for item, one in self.dispositions.items() if one["action"] != "keep"]
        return sorted({self.item, *spared})

    def spares(self, item: str, demanded: Collection[str]) -> list[dict[str, Any]]:
        """What a member of `item` that is judged by `demanded` need not bring any more.

        Where from now on others sign a commitment, nobody who has filed is asked to: that would be
        a new demand.
        """
        if item == self.item:
            return [self._spared(code) for code in self.no_longer_asks if code in demanded]
        own = self.dispositions.get(item)
        if own is None or own["action"] == "keep" or self.evidence not in demanded:
            return []
        if own["action"] == "register":
            return [self._spared(self.evidence, "register", own["register_name"])]
        return [self._spared(self.evidence)]

    def _spared(
        self, evidence: str | None, instead: str = "nothing", register: str = ""
    ) -> dict[str, Any]:
        return {
            "evidence": evidence,
            "retired": self.item,
            "instead": instead,
            "register_name": register,
        }
