"""Reminders: who left something for later (容缺) hears in time that its last day is near."""
