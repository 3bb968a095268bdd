"""Service points: where applicants may have their filing handled, and whose people may read it."""
