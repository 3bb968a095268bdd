"""What text finds an item: by any part of its names, by pinyin, by code, by its department.

A search row stands beside every item and is written in the item's own transaction.  Trigrams cannot
index words of two characters, the commonest there are in Chinese; pairs of characters can.
"""
