"""Instant approval (秒批): granted by rule in the transaction that opens it, and why or why not."""
