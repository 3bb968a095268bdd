"""Which day it is, for all of China: whatever zone the servers keep."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.chassis.errors import Conflict

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


class ItemRetired(Conflict):
    """The item is retired by then: no version of it comes into force any more."""

    zh = "届时该事项已取消，不再有新版本生效。"


def check_not_retired(code: str, retired_from: date | None, day: date) -> None:
    """Whether a version of the item may come into force on `day`."""
    if retired_from is not None and day >= retired_from:
        zh = f"事项 {code} 自 {retired_from} 起取消。"
        en = f"Item {code} is retired from {retired_from} on."
        raise ItemRetired(zh, en, item=code, retired_from=str(retired_from))
