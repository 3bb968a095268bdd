"""The whole platform on one machine, from wheels alone: what `onevisit` starts and watches."""
