"""An item's life: drafts, versions with a day from which they are in force, and what was before."""
