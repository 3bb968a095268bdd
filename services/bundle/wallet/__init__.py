"""Wallet and dossiers: evidence held for a party, what was issued, and what a desk may read."""
