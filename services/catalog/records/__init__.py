"""The vocabulary and the items that use it: written whole, versioned, told by event."""
