"""Four eyes: one officer proposes a decision, another one makes it, where the item says so."""
