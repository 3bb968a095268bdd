"""Deadlines: what follows as an approval's time passes, each once, and the clock explained."""
