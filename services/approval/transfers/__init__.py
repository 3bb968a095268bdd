"""Transfers: an approval goes to another authority, while the citizen's clock runs on."""
