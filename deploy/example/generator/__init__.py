"""Fills the example district up to the founding report's size, item by item, by lot.

The report says of its district: 28 units, 1,234 items, and what its figures are.  The items made by
hand are true to their shapes; these others are made from word lists so that a catalogue has a real
one's size and a real one's figures.  Each says so of itself (`generated`).  The same seed makes the
same items, on every machine.
"""

from deploy.example.generator.making import SEED, generated, table
from deploy.example.generator.targets import REPORT, Targets

__all__ = ["REPORT", "SEED", "Targets", "generated", "table"]
