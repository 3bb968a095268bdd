"""Retirement (退出): an item ends or becomes lighter from a day on, and whoever needs what it
issued is repaired by that day.  The four legal modes are 取消, 改备案, 告知承诺 and 优化."""
