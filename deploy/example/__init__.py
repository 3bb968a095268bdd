"""An invented district that shows the platform at work: data, loader, partner system, demo."""
