"""A thing that asks for a photo, and what may stand for it or come later."""

from typing import Any

from tests.bundle.bundles import Record, bundle, catalogue, evidence, item, member, need, published

TEXT = {
    "code": "fire-promise",
    "version": 3,
    "text": "本人承诺场所符合消防安全要求。",
    "text_en": "I promise that the premises are safe.",
    "fulfil_within": {"value": 60, "unit": "natural_day"},
}
CHOICE = ("fire", "fire-promise")


def thing(*more: Record, **of_fire: Any) -> Any:
    fire = item(
        "fire",
        requirements=[
            need("layout", commitment="fire-promise"),
            need("report", commitment="fire-promise", lowest_trust="A"),
            need("lease"),
        ],
        commitments=[TEXT],
        **of_fire,
    )
    codes = ["layout", "report", "lease", "photo"]
    known = catalogue(fire, *more, types=tuple(map(evidence, codes)))
    return published(bundle(member("fire"), *(member(one["code"]) for one in more)), known)


def photo(plan: Record) -> Record:
    return next(one for one in plan["materials"] if one["evidence"] == "photo")
