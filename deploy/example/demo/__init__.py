"""Thirty filings over three bundles, three more between which an item is abolished, and two that
take weeks of a moved clock: each with a script and an ending that must come true."""

from deploy.example.demo.play import run

__all__ = ["run"]
