"""Thirty filings over three bundles, and three more between which an item is abolished: each with a
script and an ending that must come true."""

from deploy.example.demo.play import run

__all__ = ["run"]
