"""Bundles and plans: what one applicant's answers make of one thing (一件事)."""
