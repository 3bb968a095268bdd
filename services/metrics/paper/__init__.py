"""Paper figures: what the item records say of themselves, before anybody has filed anything."""
