"""Lived figures: what applications and approvals went through, from events alone."""
