"""Delegations (赋权): a right over an item at a service point, agreed by both levels.

Either level begins: the item's department offers, or the point's people request.  The other
accepts, and the point says with what people, training and equipment; or declines, with reasons.
Then a trial until a day, then active, then widened or withdrawn; all of it kept as history.
"""
