"""The record of legal acts: each signed in its own transaction, all of them chained afterwards."""
