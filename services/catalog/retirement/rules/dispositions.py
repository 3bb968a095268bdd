"""What becomes of those who need what an item issued: each of them has an answer, by name."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.catalog.records.rules.flaws import flaw
from services.chassis.errors import Flaw

Record = Mapping[str, Any]
ACTIONS = ("drop", "register", "commitment", "keep")
NEEDED = {
    "drop": (),
    "register": ("register_name",),
    "commitment": ("commitment",),
    "keep": ("kept_by", "legal_basis"),
}
WHICH = {
    "register_name": ("请写明由哪个登记库核验。", "Say which register is looked up."),
    "commitment": ("请给出承诺书文本。", "Give the text that is signed."),
    "kept_by": ("请写明由哪个部门负责。", "Say which department answers for asking."),
    "legal_basis": ("请写明保留的法律依据。", "Say by which law it is still asked."),
}


@dataclass(frozen=True, slots=True)
class Dependent:
    """An item that asks for what another one issues."""

    item: str
    record: Record
    """As it asks for it: now, or in a version that is scheduled."""
    kept: bool
    """Somebody answers, by a law, for asking it although nobody may issue it."""


def disposition_flaws(
    given: Mapping[str, Record],
    dependents: Mapping[str, Dependent],
    ends: bool,
    still_issued: bool,
    departments: Collection[str],
) -> Iterator[Flaw]:
    """`ends`: the item issues its evidence no more; `still_issued`: others go on issuing it."""
    for item, one in given.items():
        place = f"/dispositions/{item}"
        if item not in dependents:
            zh = f"事项 {item} 并不要求该材料，请去掉。"
            en = f"Item {item} does not ask for it; leave it out."
            yield flaw("not-a-dependent", place, zh, en, item=item)
        elif not ends:
            told = (
                "材料仍由该事项核发，无需安排。",
                "The item goes on issuing it: nothing to settle.",
            )
            yield flaw("nothing-ends", place, *told, item=item)
        else:
            yield from _incomplete(place, one, departments)
    if not ends or still_issued:
        return
    for item, dependent in dependents.items():
        if item not in given and not dependent.kept:
            name = dependent.record["name"]
            zh = f"事项 {item}（{name}）仍要求该材料，请作安排：{'、'.join(ACTIONS)} 之一。"
            en = f"Item {item} still asks for it: settle it by one of {', '.join(ACTIONS)}."
            yield flaw("disposition-missing", f"/dispositions/{item}", zh, en, item=item)


def _incomplete(place: str, one: Record, departments: Collection[str]) -> Iterator[Flaw]:
    needed = NEEDED[one["action"]]
    for name, told in WHICH.items():
        if name in needed and not one[name]:
            yield flaw("disposition-incomplete", f"{place}/{name}", *told)
        elif one[name] and name not in needed:
            told = f"{one['action']} 不需要此项。", f"`{one['action']}` takes no such thing."
            yield flaw("disposition-misplaced", f"{place}/{name}", *told)
    if one["kept_by"] and one["kept_by"] not in departments:
        told = "没有这个部门，请先登记。", "There is no such department yet."
        yield flaw("unknown-code", f"{place}/kept_by", *told)


def complete(one: Record) -> bool:
    return all(one[name] for name in NEEDED[one["action"]])


def changes(retired: str, evidence: str, given: Mapping[str, Record]) -> dict[str, dict[str, Any]]:
    """By item, the change that its disposition makes on the day."""
    return {item: {"retired": retired, "evidence": evidence, **one} for item, one in given.items()}


def grouped(given: Mapping[str, Record]) -> list[dict[str, Any]]:
    """Dispositions that are alike, together: hundreds of items may need one paper."""
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for item, one in sorted(given.items()):
        text = one["commitment"]["code"] if one["commitment"] else None
        key = (one["action"], one["register_name"], text or "", one["kept_by"] or "")
        group = groups.setdefault(
            key,
            {
                "items": [],
                "action": one["action"],
                "register_name": one["register_name"],
                "commitment": text,
                "kept_by": one["kept_by"],
            },
        )
        group["items"].append(item)
    return list(groups.values())
