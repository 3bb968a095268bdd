"""Metrics: what people lived through, counted from events alone.

It owns no process.  Per bundle, department and item it counts what was filed and how it settled,
and sets the time that was worked beside the time that was promised.
Routes: indicators.  Hears: bundle.application.*, approval.approval.decided.
"""
