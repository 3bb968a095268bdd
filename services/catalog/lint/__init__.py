"""The orphan lint: requirements that nobody can meet or answer for, with their age and owner."""
