"""Claims: who at a desk works on an approval."""
