"""The clock of a stack: a file that says by how many seconds it runs ahead of the machine's.

All services of the stack read it (`services/chassis/development.py`).  It lies with the data that
was made under it, so both survive a restart, and it is only ever moved ahead: deadlines that have
come do not go again.
"""

import re
from datetime import timedelta
from pathlib import Path

from deploy.local.trouble import Trouble

UNITS = {"d": "days", "h": "hours", "m": "minutes"}
FURTHEST = timedelta(days=3650)


def file_in(folder: Path) -> Path:
    return folder / "clock"


def ahead(folder: Path) -> timedelta:
    """How much of the time is made up."""
    try:
        return timedelta(seconds=int(file_in(folder).read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()


def move(folder: Path, by: timedelta) -> timedelta:
    """Move the clock ahead, for all services at once; answers how far ahead it is now."""
    now = ahead(folder) + by
    if now > FURTHEST:
        raise Trouble(f"时钟至多拨快 {FURTHEST.days} 天。", f"At most {FURTHEST.days} days ahead.")
    draft = file_in(folder).with_suffix(".draft")
    draft.write_text(str(round(now.total_seconds())), encoding="ascii")
    draft.replace(file_in(folder))
    return now


def length(text: str) -> timedelta:
    """`12d`, `3h`, `90m`."""
    found = re.fullmatch(r"([1-9]\d{0,3})([dhm])", text)
    if found is None:
        raise Trouble(
            f"时间应写成 12d（天）、3h（小时）或 90m（分钟），现为 {text!r}。",
            f"Write the time as 12d (days), 3h (hours) or 90m (minutes); it is {text!r}.",
        )
    return timedelta(**{UNITS[found[2]]: int(found[1])})
