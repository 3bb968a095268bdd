"""Consultations: another department's opinion, on its own small clock, from what it is shown."""
