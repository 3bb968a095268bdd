"""Dossiers: what one desk may read of an application, and what it puts there when it issues."""
