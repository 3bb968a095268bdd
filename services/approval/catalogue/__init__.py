"""What we keep of the catalogue: departments, and which windows may accept which items."""
