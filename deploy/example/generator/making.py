"""Makes the items: names first, then who accepts what where, then times and papers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.example import district
from deploy.example.district import Record
from deploy.example.generator import papers, places, times
from deploy.example.generator.lots import Lots, apportioned
from deploy.example.generator.shapes import SHAPES, Shape
from deploy.example.generator.targets import REPORT, Targets, counts

SEED = 20221234
WORDS = Path(__file__).with_name("words.json")
FILE = "generator"


@dataclass
class Draft:
    """An item while it is made."""

    department: str
    kind: str
    audience: tuple[str, ...]
    name: str
    law: str
    shape: Shape
    record: Record = field(default_factory=dict)

    @property
    def holder(self) -> str:
        """Whose papers it asks for: where anybody may apply, a person's."""
        return self.audience[0]


def generated(seed: int = SEED, targets: Targets = REPORT) -> tuple[Record, ...]:
    """The items that are missing to the targets, as records like those made by hand."""
    by_hand = list(district.by_code(district.items()).values())
    lots = Lots(seed)
    names = {item["name"] for item in by_hand}
    drafts = _named(lots, targets.items - len(by_hand), names)
    missing = {
        name: getattr(targets, name) - count
        for name, count in counts(by_hand).items()
        if hasattr(targets, name)
    }
    times.set_times(lots, drafts, missing["instant"], targets.compression, by_hand)
    places.set_places(lots, drafts, missing, by_hand)
    papers.set_papers(lots, drafts, missing["materials"])
    return tuple(_finished(drafts))


def table(seed: int = SEED) -> district.Table:
    """The generated items as if they had been read from a file."""
    return district.Table(FILE, generated(seed))


def _named(lots: Lots, wanted: int, taken: set[str]) -> list[Draft]:
    """As many items as wanted, each department by the size of its list; every subject is in it."""
    words: Mapping[str, Any] = json.loads(WORDS.read_text(encoding="utf-8"))
    possible = {
        department: [draft for draft in _possible(department, said) if draft.name not in taken]
        for department, said in words.items()
    }
    shares = apportioned(wanted, [len(drafts) for drafts in possible.values()])
    found: list[Draft] = []
    for drafts, share in zip(possible.values(), shares, strict=True):
        main = [draft for draft in drafts if draft.shape.main]
        others = [draft for draft in drafts if not draft.shape.main]
        chosen = main + lots.some(share - len(main), others, lambda _: 1.0)
        found += sorted(chosen, key=drafts.index)
    return found


def _possible(department: str, said: Mapping[str, Any]) -> Iterator[Draft]:
    for kind, audience, subject, *law in said["objects"]:
        for shape in SHAPES[kind]:
            yield Draft(
                department=department,
                kind=kind[:2],
                audience=("person", "enterprise") if audience == "both" else (audience,),
                name=f"{subject}（{shape.action}）",
                law=law[0] if law else said["law"],
                shape=shape,
            )


def _finished(drafts: Sequence[Draft]) -> Iterator[Record]:
    shared = {"region": "430799", "generated": True}
    note = "由生成器按词表编成，用来凑足示范区目录的规模；不是任何真实事项。"
    numbers: dict[str, int] = {}
    for draft in drafts:
        numbers[draft.department] = numbers.get(draft.department, 0) + 1
        head = {
            "code": f"{draft.department}-{numbers[draft.department]:03}",
            "name": draft.name,
            "department": draft.department,
            "kind": draft.kind,
            "audience": list(draft.audience),
        }
        yield shared | head | draft.record | {"legal_basis": draft.law, "source_note": note}
