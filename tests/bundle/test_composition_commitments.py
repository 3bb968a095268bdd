"""Commitments, levels of trust, registers and later dates: how a requirement may be met."""

import hashlib
from datetime import date
from typing import Any

import pytest
import rfc8785

from services.bundle.composition.rules import (
    AnswersWrong,
    FilingIncomplete,
    Held,
    check_filing,
    compose,
    dated,
    dossier_fields,
    gaps,
)
from services.bundle.composition.rules.deferral import last_day
from services.bundle.composition.rules.item_records import Duration
from tests.bundle.bundles import (
    Record,
    asked,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    not_asked,
    published,
)

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


# --- commitments ----------------------------------------------------------------------------------


def test_a_commitment_is_offered_and_replaces_nothing_by_itself():
    plan = compose(thing(), {})

    assert asked(plan) == ["layout:company", "report:company", "lease:company"]
    [offer] = plan["commitments"]
    assert offer["chosen"] is False
    assert (offer["item"], offer["code"], offer["version"]) == ("fire", "fire-promise", 3)
    assert offer["text"] == TEXT["text"]
    assert offer["replaces"] == [
        {"member": "fire", "material": "layout:company"},
        {"member": "fire", "material": "report:company"},
    ]


def test_one_that_is_chosen_replaces_what_its_item_allows():
    plan = compose(thing(), {}, commitments=[CHOICE])

    assert asked(plan) == ["lease:company"]
    [signed] = plan["commitments"]
    assert signed["chosen"] and signed["for"] == ["fire"]
    assert plan["after"]["materials"] == 1
    assert plan["before"]["materials"] == 3
    assert dossier_fields(plan, "fire").materials == ("lease:company",)


def test_anybody_who_has_the_text_can_compute_its_digest():
    [offer] = compose(thing(), {})["commitments"]

    signed = {"item": "fire"} | {k: TEXT[k] for k in ("code", "version", "text", "text_en")}
    assert offer["digest"] == "sha256:" + hashlib.sha256(rfc8785.dumps(signed)).hexdigest()


def test_it_replaces_for_its_own_item_only():
    plan = compose(thing(item("food", requirements=[need("layout")])), {}, commitments=[CHOICE])

    assert asked(plan) == ["lease:company", "layout:company"]
    [layout] = [one for one in plan["materials"] if one["evidence"] == "layout"]
    assert [why["member"] for why in layout["why"]] == ["food"]


def test_what_is_there_anyway_needs_no_commitment():
    wallet = (Held("h1", "layout", "company", "B"), Held("h2", "report", "company", "A"))

    plan = compose(thing(), {}, wallet, commitments=[CHOICE])

    assert plan["commitments"] == []
    assert {why for _, why, _ in not_asked(plan)} == {"held"}


def test_an_unknown_choice_is_refused_with_its_place():
    with pytest.raises(AnswersWrong) as refused:
        compose(thing(), {}, commitments=[CHOICE, ("fire", "no-such")])

    [told] = refused.value.errors
    assert (told.pointer, told.more["fault"]) == ("/commitments/1", "unknown-commitment")


def test_an_item_that_takes_only_its_commitment_needs_no_choice():
    only = item(
        "hygiene",
        requirements=[need("photo", source="commitment", commitment="clean")],
        commitments=[{"code": "clean", "text": "承诺整洁。"}],
    )
    plan = compose(thing(only), {})

    assert [one["code"] for one in plan["commitments"] if one["chosen"]] == ["clean"]
    assert "photo:company" not in asked(plan)


def signing(plan: Record, **change: Any) -> list[Record]:
    names = ("item", "code", "version", "digest")
    return [
        {name: one[name] for name in names} | change for one in plan["commitments"] if one["chosen"]
    ]


MATERIALS = {"lease:company": ["u"]}


def test_a_filing_carries_the_version_and_digest_that_were_signed():
    plan = compose(thing(), {}, commitments=[CHOICE])

    assert check_filing(plan, {}, MATERIALS, signing(plan)) == {}


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        ([], [("/commitments", "missing-signature")]),
        ([{"version": 2}], [("/commitments/0/digest", "other-text")]),
        ([{"digest": "sha256:0"}], [("/commitments/0/digest", "other-text")]),
        ([{}, {}], [("/commitments/1", "commitment-not-asked")]),
        ([{}, {"code": "other"}], [("/commitments/1", "commitment-not-asked")]),
    ],
)
def test_another_text_or_none_is_refused(signed: list[Record], told: Any):
    plan = compose(thing(), {}, commitments=[CHOICE])
    [right] = signing(plan)

    with pytest.raises(FilingIncomplete) as refused:
        check_filing(plan, {}, MATERIALS, [right | change for change in signed])

    assert [(one.pointer, one.more["fault"]) for one in refused.value.errors] == told


def test_what_the_commitment_replaces_must_not_be_handed_in():
    plan = compose(thing(), {}, commitments=[CHOICE])

    with pytest.raises(FilingIncomplete) as refused:
        check_filing(plan, {}, MATERIALS | {"layout:company": ["u"]}, signing(plan))

    [told] = refused.value.errors
    assert told.more == {"fault": "material-not-asked", "material": "layout:company"}
    assert "commitment" in told.en


def test_another_version_of_a_text_is_another_plan():
    plans = [
        compose(thing(), {}, commitments=[CHOICE]),
        compose(thing(), {}),
        compose(published_with(version=4), {}, commitments=[CHOICE]),
        compose(published_with(text="本人承诺。"), {}, commitments=[CHOICE]),
    ]

    assert len({plan["digest"] for plan in plans}) == 4


def published_with(**change: Any) -> Any:
    fire = item(
        "fire",
        requirements=[need("layout", commitment="fire-promise")],
        commitments=[TEXT | change],
    )
    return published(bundle(member("fire")), catalogue(fire, types=(evidence("layout"),)))


# --- registers and trust --------------------------------------------------------------------------


def test_the_plan_says_which_register_answers():
    check = item(
        "check",
        requirements=[need("layout", source="register", register_name="国家企业信用信息公示系统")],
    )
    plan = compose(thing(check), {})

    [entry] = [one for one in plan["not_asked"] if one["why"] == "register"]
    assert entry["register"] == "国家企业信用信息公示系统"
    assert entry["for"] == ["check"]


def test_two_registers_that_answer_the_same_are_both_named():
    one = item("one", requirements=[need("layout", source="register", register_name="甲")])
    two = item("two", requirements=[need("layout", source="register", register_name="乙")])
    plan = compose(thing(one, two), {})

    assert {e["register"]: e["for"] for e in plan["not_asked"]} == {"甲": ["one"], "乙": ["two"]}


def test_an_upload_for_what_needs_better_says_where_its_original_is_seen():
    window = {"place": "政务大厅3号窗口", "hours": "工作日 9:00-17:00", "phone": "0736-0"}
    plan = compose(thing(**window), {})

    originals = {one["evidence"]: one["original"] for one in plan["materials"]}
    assert originals["layout"] == originals["lease"] == []
    assert originals["report"] == [{"member": "fire", "department": "market"} | window]


@pytest.mark.parametrize(
    ("trust", "checked", "told"),
    [
        ("C", False, "to_be_checked"),
        ("D", False, "to_be_checked"),
        ("B", True, "checked"),
        ("A", False, None),
    ],
)
def test_a_desk_is_told_whether_the_original_was_seen(trust: str, checked: bool, told: Any):
    dossier = dossier_fields(compose(thing(), {}), "fire")

    assert dossier.original("report:company", trust, checked) == told
    assert dossier.original("lease:company", trust, checked) is None, "level C is enough there"
    assert dossier.original(None, trust, checked) is None, "what was issued is no upload"


def test_each_desk_is_told_by_what_its_own_item_takes():
    strict = item("strict", requirements=[need("lease", lowest_trust="B")])
    plan = compose(thing(strict), {})

    assert dossier_fields(plan, "fire").levels["lease:company"] == "C"
    assert dossier_fields(plan, "strict").levels["lease:company"] == "B"
    assert dossier_fields(plan, "fire").original("lease:company", "C", False) is None
    assert dossier_fields(plan, "strict").original("lease:company", "C", False) == "to_be_checked"


# --- later dates ----------------------------------------------------------------------------------


def deferring(*times: Record | None, **last: Any) -> Record:
    """One photo, wanted by as many items as there are times."""
    items = [
        item(f"i-{n}", requirements=[need("photo", deferrable=True, deferral=time)])
        for n, time in enumerate(times)
    ]
    if last:
        items.append(item("last", requirements=[need("photo", **last)]))
    return compose(thing(*items), {})


def photo(plan: Record) -> Record:
    return next(one for one in plan["materials"] if one["evidence"] == "photo")


def test_the_shortest_time_counts_and_one_who_cannot_wait_ends_it():
    days, hours = {"value": 5, "unit": "working_day"}, {"value": 24, "unit": "hour"}

    assert photo(deferring(days))["deferral"] == days
    assert photo(deferring(days, hours, None))["deferral"] == hours
    assert photo(deferring(None))["deferral"] is None
    strict = photo(deferring(days, deferrable=False))
    assert (strict["deferrable"], strict["deferral"]) == (False, None)


WEDNESDAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ((1, "working_day"), date(2026, 10, 8)),  # the week of the national day is off
        ((3, "working_day"), date(2026, 10, 10)),  # a Saturday that is worked
        ((4, "working_day"), date(2026, 10, 12)),
        ((0, "working_day"), WEDNESDAY),
        ((9, "hour"), date(2026, 10, 9)),
        ((3, "natural_day"), date(2026, 10, 8)),
        ((10, "natural_day"), date(2026, 10, 10)),
    ],
)
def test_a_time_runs_from_the_day_of_filing(time: tuple[int, str], day: date):
    assert last_day(WEDNESDAY, Duration(*time)) == day


def test_the_day_is_shown_and_no_part_of_what_is_agreed_to():
    plan = deferring({"value": 1})

    today, tomorrow = dated(plan, WEDNESDAY), dated(plan, date(2026, 10, 8))

    assert photo(today)["may_come_until"] == date(2026, 10, 8)
    assert photo(tomorrow)["may_come_until"] == date(2026, 10, 9)
    assert today["digest"] == tomorrow["digest"] == plan["digest"]
    assert all("may_come_until" not in one for one in plan["materials"])


def test_what_is_left_for_later_is_written_down_with_its_day():
    plan = deferring({"value": 1})
    key = photo(plan)["key"]

    assert gaps(plan, set(), WEDNESDAY) == {
        key: {"until": "2026-10-08", "came_at": None, "for": ["i-0"]}
    }
    assert gaps(plan, {key}, WEDNESDAY) == {}
    assert gaps(deferring(None), set(), WEDNESDAY) == {
        key: {"until": None, "came_at": None, "for": ["i-0"]}
    }


def test_everything_asked_says_why():
    """Who asks, on which legal basis, and by which of the answers."""
    small = item("small", requirements=[need("photo", when="area < 50.0")])
    uses = [{"field": "area", "legal_basis": "示例条例", "when": "area < 60.0"}]
    known = catalogue(
        small,
        item("all", fields=uses),
        fields=(field("area", "number"),),
        types=(evidence("photo"),),
    )
    record = bundle(member("small"), member("all"), questions=("area",))
    plan = compose(published(record, known), {"area": 20})

    [asks] = plan["materials"][0]["why"]
    assert asks == {
        "member": "small",
        "item": "small",
        "name": "事项 small",
        "legal_basis": "law on photo",
        "condition": "area < 50.0",
        "answers": {"area": 20.0},
        "source": "applicant",
        "lowest_trust": "C",
        "deferrable": False,
        "kept_by": None,
    }
    [asks] = plan["form"][0]["why"]
    assert (asks["legal_basis"], asks["answers"]) == ("示例条例", {"area": 20.0})
