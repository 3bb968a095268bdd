"""Filings: a plan on its way through the departments, from submission to outcome."""
