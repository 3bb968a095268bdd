"""The desk: approvals open, are accepted and decided once, and issue their results."""
