"""Retirements as bundle sees them: what they mean for bundles and for applications under way."""
