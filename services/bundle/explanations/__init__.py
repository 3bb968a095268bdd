"""Explanations: what desks write to applicants in their own words, kept here and nowhere else."""
