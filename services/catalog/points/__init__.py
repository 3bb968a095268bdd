"""Service points (服务点): where people are served, as a tree from the hall to the kiosk."""
