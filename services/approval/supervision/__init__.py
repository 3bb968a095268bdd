"""Supervision (事中事后监管): what every grant owes at a named regulator, until it is done."""
