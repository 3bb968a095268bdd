"""All indicators in one place: paper figures and lived figures side by side."""
