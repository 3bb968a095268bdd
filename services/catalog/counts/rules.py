"""What is counted, in words.  A count without its definition invites a comparison with another one
that was made of something else: the founding report has three totals, and none is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """`of`: the count that this one is a part of."""

    name: str
    name_en: str
    zh: str
    en: str
    of: str | None = None


ITEMS, AT_HALL, AT_WINDOWS = "items", "items-at-hall", "items-at-comprehensive-windows"
ACCEPTED, CLOSED = "items-accepted-at-points", "items-closed-at-points"

DEFINITIONS: Mapping[str, Definition] = {
    ITEMS: Definition(
        "全部事项",
        "All items",
        "目录中已发布、当日未取消的事项，一个代码计一项。",
        "Items that are published and not retired on that day; each code counts once.",
    ),
    AT_HALL: Definition(
        "进驻大厅事项",
        "Items at the hall",
        "全部事项中，实施清单载明进驻政务大厅的。",
        "Of all items, those whose record says that they are handled at the hall.",
        ITEMS,
    ),
    AT_WINDOWS: Definition(
        "综合窗口事项",
        "Items at comprehensive windows",
        "全部事项中，实施清单载明由综合窗口受理的。",
        "Of all items, those whose record says that a comprehensive window accepts them.",
        ITEMS,
    ),
    ACCEPTED: Definition(
        "服务点有受理权的事项",
        "Items accepted at service points",
        "全部事项中，当日至少一个服务点的受理权在试运行或正式赋权之中的；一项无论在几处都计一次。",
        "Of all items, those over which some point's right to accept is in force on that day, on "
        "trial or for good; an item counts once, at however many points.",
        ITEMS,
    ),
    CLOSED: Definition(
        "服务点有办结权的事项",
        "Items closed at service points",
        "全部事项中，当日至少一个服务点的办结权在试运行或正式赋权之中的；一项无论在几处都计一次。",
        "Of all items, those over which some point's right to close is in force on that day, on "
        "trial or for good; an item counts once, at however many points.",
        ITEMS,
    ),
}
