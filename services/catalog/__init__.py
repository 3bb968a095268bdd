"""Catalog: which items exist, who decides them, what they need and what they issue.

Departments, evidence types and fields are the vocabulary; an item (政务服务事项) uses it and is
versioned: a PUT that changes anything publishes the next version at once, an identical one changes
nothing; a draft is published from a day on, and waits for it.
`catalog.item.published` embeds every definition the item uses, so that a reader needs no second
event to understand it.  A crosswalk says what another system's codes mean in our words.
Workbooks bring many items in at once, all or nothing, and take them out; search finds them by any
part of a name or its pinyin.
Service points are a tree; what a point may accept or close is a delegation, agreed by both levels.
An item's retirement (退出) finds and repairs everybody who needs what it issued; the lint lists
requirements that nobody can meet or answers for.
Routes: departments, evidence-types, fields, items, drafts, retirements, crosswalks, service-points,
delegations.
Hears which items bundles are made of, and from metrics what came of delegations.
"""
