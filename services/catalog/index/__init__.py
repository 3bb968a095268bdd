"""What text finds an item: a search row beside every item, written in the item's own transaction.

Trigrams cannot index words of two characters, the commonest there are in Chinese; pairs of
characters can.
"""
