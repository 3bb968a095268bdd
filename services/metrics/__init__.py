"""Metrics: what is promised on paper beside what people lived through, counted from events alone.

It owns no process.  Of every published item it keeps what the paper figures count; per bundle,
department and item it counts what was filed and how it settled.  Every indicator has a code, a
version, a formula in words and the cases behind it.
Routes: indicators.  Hears: catalog.item.published, catalog.item.retired, bundle.application.*,
approval.approval.decided.
"""
