"""The generated items: the same each time, believable, and exactly what the report counts."""

import dataclasses
import json
import os
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

from deploy.example import district, generator
from deploy.example.generator.lots import Lots, apportioned
from deploy.example.generator.targets import REPORT, counts
from services.catalog.records.rules import Vocabulary, item_flaws
from services.contracts import FieldDefinition, ItemDefinition

BY_HAND = district.by_code(district.items())
GENERATED = generator.generated()
ALL = [*BY_HAND.values(), *GENERATED]
COUNTED = ("materials", "instant", "accepted_online", "online", "hall", "windows", "kiosk")


def test_there_are_as_many_items_as_the_report_counts_each_once() -> None:
    assert len(ALL) == REPORT.items == 1234
    assert len({item["code"] for item in ALL}) == 1234
    assert len({item["name"] for item in ALL}) == 1234
    assert {item["department"] for item in ALL} == set(
        district.by_code((district.table("departments.json"),))
    )


@pytest.mark.parametrize("seed", [generator.SEED, 1, 2, 3])
def test_every_target_is_hit_whatever_the_lot(seed: int) -> None:
    found = counts([*BY_HAND.values(), *generator.generated(seed)])
    ratio = Fraction(found["legal"] - found["promised"], found["legal"])

    assert {name: found[name] for name in COUNTED} == {
        name: getattr(REPORT, name) for name in COUNTED
    }
    assert abs(ratio - REPORT.compression) * found["legal"] <= 4, "half a working day"
    assert round(ratio * 1000) == 409


def test_the_hall_has_items_of_23_units_and_the_windows_those_of_20() -> None:
    assert len({item["department"] for item in ALL if item.get("at_hall")}) == 23
    assert len({item["department"] for item in ALL if item.get("comprehensive_window")}) == 20
    assert all(item.get("at_hall") for item in ALL if item.get("comprehensive_window"))


def test_the_same_seed_makes_the_same_items_in_another_process() -> None:
    program = "import json; from deploy.example.generator import generated as made; "
    program += "print(json.dumps(made()))"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, env=environment, timeout=30
    )

    assert json.loads(done.stdout) == json.loads(json.dumps(GENERATED)), done.stderr
    assert generator.generated(seed=1) != GENERATED


def test_each_says_that_it_was_made_up() -> None:
    assert all(item["generated"] for item in GENERATED)
    assert all("生成" in item["source_note"] for item in GENERATED)
    assert not any(item.get("generated") for item in BY_HAND.values())


def test_they_are_spread_as_a_catalogue_is() -> None:
    departments = Counter(item["department"] for item in ALL)
    promised = Counter(item["promised"]["value"] for item in GENERATED)
    papers = Counter(len(item["requirements"]) for item in GENERATED)
    kinds = Counter(item["kind"] for item in ALL)

    assert min(departments.values()) >= 5 and max(departments.values()) <= 120
    assert len(promised) >= 15 and len(papers) >= 10
    assert {"01", "05", "07", "10", "20"} <= set(kinds)
    assert {item.get("scope") for item in ALL} >= {"county", "city", "province", "national"}
    assert 0.03 < sum("legal" not in item for item in ALL) / len(ALL) < 0.2


def test_they_ask_for_nothing_that_another_item_would_have_to_issue() -> None:
    """Their papers are of the applicant's own making: no orphans, nothing that bundles rely on."""
    sources = {need.get("source") for item in GENERATED for need in item["requirements"]}

    assert sources == {None, "register", "commitment", "intermediary"}
    assert not [item["code"] for item in GENERATED if item.get("issues")]


def test_whoever_handles_at_once_needs_no_days_and_whoever_is_online_has_a_way() -> None:
    for item in GENERATED:
        assert (item["promised"]["value"] == 0) == (item["handling"] == "instant"), item["code"]
        assert item["online_depth"] < 3 or {"pc", "mobile"} <= set(item["channels"])
        assert item["online_depth"] < 4 or item["visits"] == 0
        if "legal" in item:
            assert item["promised"]["value"] <= item["legal"]["value"], item["code"]


def test_catalog_finds_nothing_wrong_with_any_of_them() -> None:
    fields = {
        code: FieldDefinition.model_validate(
            {k: v for k, v in field.items() if k not in ("code", "region", "source_note")}
        ).model_dump()
        for code, field in district.by_code(district.fields()).items()
    }
    known = Vocabulary(
        departments=district.by_code((district.table("departments.json"),)),
        fields=fields,
        evidence=district.by_code(district.evidence_types()),
    )

    for item in GENERATED:
        record = ItemDefinition.model_validate({k: v for k, v in item.items() if k != "code"})
        assert item_flaws(record.model_dump(mode="json"), known) == [], item["code"]


@pytest.mark.parametrize(
    "beyond",
    [
        {"items": 5000},
        {"items": 50},
        {"materials": 50_000},
        {"instant": 1234},
        {"hall": 10},
        {"kiosk": 1300},
        {"compression": Fraction(99, 100)},
    ],
)
def test_a_target_out_of_reach_is_told_and_not_missed(beyond) -> None:
    with pytest.raises(ValueError):
        generator.generated(targets=dataclasses.replace(REPORT, **beyond))


def test_sums_come_out_within_their_bounds() -> None:
    lots = Lots(1)
    bounds = [(0, 3)] * 50

    for total in (0, 1, 75, 149, 150):
        values = lots.summing(total, bounds, [2] * 50)
        assert sum(values) == total
        assert all(0 <= value <= 3 for value in values)
    with pytest.raises(ValueError):
        lots.summing(151, bounds, [2] * 50)


def test_shares_are_in_proportion_and_add_up() -> None:
    assert apportioned(10, [10, 10, 10]) == [4, 3, 3]
    assert apportioned(7, [100, 1, 0]) == [7, 0, 0]
    assert sum(apportioned(1136, [17, 90, 411, 3, 900])) == 1136
