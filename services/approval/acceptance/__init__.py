"""Acceptance: an authority takes an approval on, or says why it does not."""
