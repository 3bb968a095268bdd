"""Thirty filings over the three bundles, each with a script and an ending that must come true."""

from deploy.example.demo.play import run

__all__ = ["run"]
