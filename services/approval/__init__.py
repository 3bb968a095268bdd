"""Approval: one authority's answer to one member of an application.

An approval opens when bundle requests it, is accepted as its item says, and is decided once, by its
own department: at the desk over REST, or by the department's own system over NATS (`in.`).  A grant
may issue its result at once or later; the result has our receipt number, the issuer's own number,
validity and the digest of its content, which lies with bundle.
The legal clock counts working days with 调休, natural days and hours, leaves pauses out, explains
each day; deadlines come once.  This service knows no graph and no personal data.
Every grant opens supervision duties at its regulator; an ended result flags what relied on it.
What comes late, or nearly does, raises a yellow or a red card, once per rule: explained, open to
appeal, and sent up the line.
Routes: approvals, results, calendars, cards, supervisions, inspectors, credit-records.  Hears:
bundle.approval.requested / .amended / .cancelled, catalog.item.published, and what partners say.
"""
