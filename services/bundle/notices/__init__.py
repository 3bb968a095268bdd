"""Notices: what an applicant must be told, kept here and told by event."""
