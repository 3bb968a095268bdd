"""Catalog: which items exist, who decides them, what they need and what they issue.

Departments, evidence types and fields are the vocabulary; an item (政务服务事项) uses it and is
versioned: a PUT that changes anything publishes the next version, an identical one changes nothing.
`catalog.item.published` embeds every definition the item uses, so that a reader needs no second
event to understand it.  Routes: departments, evidence-types, fields, items.  Hears nothing.
"""
