"""Expiries: who holds a certificate is told in time that it runs out, so that it can be renewed."""
