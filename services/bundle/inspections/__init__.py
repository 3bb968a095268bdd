"""Inspections: what was found at a supervised holder, its answers, and the files behind both."""
