"""What may be signed instead: offered, chosen, and signed in the text that was shown."""

import hashlib
from typing import Any

import pytest
import rfc8785

from services.bundle.composition.rules import (
    AnswersWrong,
    FilingIncomplete,
    Held,
    check_filing,
    compose,
    dossier_fields,
)
from tests.bundle.bundles import (
    Record,
    asked,
    bundle,
    catalogue,
    evidence,
    item,
    member,
    need,
    not_asked,
    published,
)
from tests.bundle.photos import CHOICE, TEXT, thing


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
