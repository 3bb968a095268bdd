"""Cards (红黄牌): what came late or nearly did, told once, explained, open to appeal."""
