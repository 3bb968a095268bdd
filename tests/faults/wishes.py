"""What a run was asked for, and how to ask for the same again."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wishes:
    """`aim`: the kinds of target to choose from, all of them where it is empty."""

    seed: int = 1
    kills: int = 20
    rate: float = 1.5
    """Filings a second."""
    pace: float = 5.0
    """Seconds from one kill to the next."""
    aim: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long applicants go on filing: a lead, the kills, and a little after the last."""
        return LEAD + self.kills * self.pace

    @property
    def command(self) -> str:
        known = {"SEED": self.seed, "KILLS": self.kills, "RATE": self.rate, "PACE": self.pace}
        words = [f"{name}={value:g}" for name, value in known.items()]
        return " ".join(
            ["make faults", *words, *([f"AIM={','.join(self.aim)}"] if self.aim else [])]
        )


LEAD = 4.0
"""Seconds before the first kill, in which the first filings reach their desks."""


def from_environment(env: Mapping[str, str] = os.environ) -> Wishes:
    """Raises ValueError where a variable is no number."""
    return Wishes(
        seed=int(env.get("SEED", Wishes.seed)),
        kills=int(env.get("KILLS", Wishes.kills)),
        rate=float(env.get("RATE", Wishes.rate)),
        pace=float(env.get("PACE", Wishes.pace)),
        aim=tuple(kind for kind in env.get("AIM", "").split(",") if kind),
    )
