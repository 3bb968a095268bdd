"""The board of yellow and red cards (红黄牌看板), beside the approvals that are open."""
