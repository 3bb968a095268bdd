"""Certificates to look at and to print: made from content that only this service can open."""
