"""A small model of the handshake, written as a map: where each step of each level leads.

`active<above` is an active delegation with a widening that the upper level proposed.
"""

ABOVE, BELOW = "above", "below"
NOWHERE = ("nowhere", "declined", "withdrawn")


def edges() -> dict[tuple[str, str, str], str]:
    found = {}
    for start in NOWHERE:
        found[start, "offer", ABOVE] = "offered"
        found[start, "request", BELOW] = "requested"
    for state, mine, theirs in (("offered", ABOVE, BELOW), ("requested", BELOW, ABOVE)):
        found[state, "acceptance", theirs] = "accepted"
        found[state, "refusal", theirs] = "declined"
        found[state, "withdrawal", mine] = "withdrawn"
    found["accepted", "trial", ABOVE] = "trial"
    found["trial", "trial", ABOVE] = "trial"
    found["trial", "activation", ABOVE] = "active"
    for level in (ABOVE, BELOW):
        found["accepted", "withdrawal", level] = "withdrawn"
        found["trial", "withdrawal", level] = "withdrawn"
    for held in ("active", "widened"):
        for level, other in ((ABOVE, BELOW), (BELOW, ABOVE)):
            proposed = f"{held}<{level}"
            found[held, "widening", level] = proposed
            found[held, "withdrawal", level] = "withdrawn"
            found[proposed, "widening", level] = proposed
            found[proposed, "acceptance", other] = "widened"
            found[proposed, "refusal", other] = held
            found[proposed, "withdrawal", level] = "withdrawn"
            found[proposed, "withdrawal", other] = "withdrawn"
    return found


EDGES = edges()
STEPS = sorted({step for _, step, _ in EDGES})
PLACES = sorted({place for place, _, _ in EDGES})


def place(standing: dict | None) -> str:
    """Where a delegation stands, as the API shows it."""
    if standing is None:
        return "nowhere"
    wider = standing["wider"]
    return standing["state"] + (f"<{wider['by']}" if wider else "")
