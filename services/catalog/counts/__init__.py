"""How many items there are, and of which: each count with its definition and its denominator."""
