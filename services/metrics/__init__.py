"""Metrics: what is promised on paper beside what people lived through, counted from events alone.

It owns no process.  Of every published item it keeps what the paper figures count; per bundle,
department and item it counts what was filed and how it settled.  Every indicator has a code, a
version, a formula in words and the cases behind it.
Of rights that were handed down to service points it measures what came of them, and tells catalog.
The board shows yellow and red cards beside the approvals that are open.
Routes: indicators, anchors, board.  Hears: catalog.item.published, catalog.item.retired,
bundle.application.*, approval.approval.*.  Tells: metrics.delegation.measured.
"""
