"""Composition by example: a newborn, a restaurant, and a company that is born on the way."""

import pytest

from services.bundle.composition.rules import (
    AnswersWrong,
    Held,
    NothingToDo,
    Undecidable,
    compose,
    digest,
    dossier_fields,
)
from tests.bundle.bundles import (
    APPLICANT,
    COMPANY,
    WORKER,
    asked,
    bundle,
    catalogue,
    evidence,
    field,
    item,
    member,
    need,
    not_asked,
    plan_of,
    published,
    waits,
)

# --- a newborn: a chain that fans out -------------------------------------------------------------

CHILD = {"role": "child", "kind": "person", "who": "born", "name_field": "child_name"}


def newborn(**more):
    members = [
        member("birth-certificate", "child", on_refusal="stop"),
        member("household", "child"),
        member("insurance", "child"),
        member("social-card", "child", when="wants_card"),
        member("vaccination", "child"),
    ]
    return bundle(
        *members,
        questions=("wants_card",),
        parties=[APPLICANT, CHILD],
        holder="child",
        **more,
    )


def newborn_items():
    birth, book = need("birth"), need("household-book")
    name = {"field": "child_name"}
    return catalogue(
        item("birth-certificate", 1, issues="birth", fields=[name], visits=1,
             requirements=[need("identity-card", whose="applicant")]),
        item("household", 2, issues="household-book", fields=[name], visits=1,
             requirements=[birth, need("identity-card", whose="applicant")]),
        item("insurance", 1, fields=[name], requirements=[birth, book]),
        item("social-card", 5, fields=[name, {"field": "wants_card"}], requirements=[book]),
        item("vaccination", 0),
        fields=(field("child_name", personal=True), field("wants_card", "boolean")),
        types=(
            evidence("birth", "person"),
            evidence("household-book", "person"),
            evidence("identity-card", "person"),
        ),
    )  # fmt: skip


def test_what_one_member_issues_starts_those_that_need_it():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": True})
    assert waits(plan) == {
        "birth-certificate": [],
        "vaccination": [],
        "household": [("birth-certificate", "issued")],
        "insurance": [("birth-certificate", "issued"), ("household", "issued")],
        "social-card": [("household", "issued")],
    }
    assert plan["members"][2]["waits_for"] == [
        {
            "member": "birth-certificate",
            "state": "issued",
            "evidence": "birth",
            "why": "law on birth",
        }
    ]


def test_each_material_is_asked_once_with_everybody_who_needs_it():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": True})
    [card] = plan["materials"]
    assert card["key"] == "identity-card:applicant"
    assert [why["member"] for why in card["why"]] == ["birth-certificate", "household"]
    assert not_asked(plan) == {
        ("birth:child", "issued", "birth-certificate"),
        ("household-book:child", "issued", "household"),
    }


def test_each_field_is_asked_once_with_everybody_who_needs_it():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": True})
    assert [f["field"] for f in plan["form"]] == ["child_name", "wants_card"]
    assert [why["member"] for why in plan["form"][0]["why"]] == [
        "birth-certificate",
        "household",
        "insurance",
        "social-card",
    ]


def test_the_promise_is_the_critical_path():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": True})
    assert plan["promise"] == {
        "working_hours": 64,
        "working_days": 8,
        "path": ["birth-certificate", "household", "social-card"],
    }
    plan = plan_of(newborn(), newborn_items(), {"wants_card": False})
    assert plan["promise"]["path"] == ["birth-certificate", "household", "insurance"]


def test_before_and_after_stand_side_by_side():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": True})
    assert plan["before"] == {
        "members": 5,
        "visits": 2,
        "materials": 6,
        "fields": 5,
        "working_days": 9,
    }
    assert plan["after"] == {"visits": 1, "materials": 1, "fields": 2, "working_days": 8}


def test_hours_round_up_to_days():
    short = catalogue(item("a", promised=9) | {"promised": {"value": 9, "unit": "hour"}})
    assert plan_of(bundle(member("a")), short)["promise"]["working_days"] == 2


def test_a_member_left_out_says_why_not():
    plan = plan_of(newborn(), newborn_items(), {"wants_card": False})
    assert plan["left_out"] == [
        {
            "member": "social-card",
            "item": "social-card",
            "name": "事项 social-card",
            "condition": "wants_card",
            "answers": {"wants_card": False},
        }
    ]


# --- a restaurant: conditions, repeats, the wallet ------------------------------------------------

AREA = field("area", "number", rule={"minimum": 1, "maximum": 10000})
ADDRESS = field("address")
COUNT = field("worker_count", "integer", rule={"minimum": 0})
WORKERS = field("workers", "list", of=["person_name", "person_phone"])
RESTAURANT_FIELDS = (
    AREA,
    ADDRESS,
    COUNT,
    WORKERS,
    field("person_name", personal=True),
    field("person_phone", "phone", personal=True),
    field("company_name"),
)


def restaurant():
    return bundle(
        member("food", on_refusal="stop"),
        member("health", "worker", repeat={"count": "worker_count", "list": "workers"}),
        member("fire", when="area >= 300.0", on_refusal="ask"),
        questions=("area", "address", "worker_count"),
        parties=[APPLICANT, COMPANY, WORKER],
        edges=[{"from": "fire", "to": "food", "state": "decided"}],
    )


def restaurant_items():
    return catalogue(
        item("food", 8, issues="food-permit",
             fields=[{"field": "company_name"}, {"field": "area"},
                     {"field": "workers", "required": False}],
             requirements=[
                 need("health-certificate", whose="anyone", waits_for="decided"),
                 need("layout"),
                 need("fire-certificate", when="area >= 50.0", lowest_trust="B"),
                 need("business-licence", source="register"),
                 need("cleaning-plan", source="commitment"),
             ]),
        item("health", 5, issues="health-certificate",
             fields=[{"field": "workers"}],
             requirements=[need("identity-card"), need("photo", deferrable=True)]),
        item("fire", 3, issues="fire-certificate", visits=1,
             fields=[{"field": "company_name", "required": False}, {"field": "address"}],
             requirements=[need("layout", lowest_trust="B")]),
        fields=RESTAURANT_FIELDS,
        types=(
            evidence("food-permit", subject="address"),
            evidence("fire-certificate", subject="address"),
            evidence("layout", subject="address"),
            evidence("business-licence"),
            evidence("cleaning-plan"),
            evidence("health-certificate", "person"),
            evidence("identity-card", "person"),
            evidence("photo", "person"),
        ),
    )  # fmt: skip


LARGE = {"area": 350, "address": "示范路1号", "worker_count": 2}
SMALL = LARGE | {"area": 60}
TINY = LARGE | {"area": 20}


def test_never_ask_for_what_a_selected_member_issues():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    assert "fire-certificate:company" not in asked(plan)
    assert ("fire-certificate:company", "issued", "fire") in not_asked(plan)
    assert ("fire", "issued") in waits(plan)["food"]


def test_ask_for_it_when_that_member_is_not_selected():
    plan = plan_of(restaurant(), restaurant_items(), SMALL)
    assert "fire-certificate:company" in asked(plan)
    assert [out["member"] for out in plan["left_out"]] == ["fire"]


def test_ask_for_it_only_when_its_own_condition_holds():
    assert "fire-certificate:company" not in asked(plan_of(restaurant(), restaurant_items(), TINY))


def test_repeated_members_have_one_entry_each_and_whoever_needs_all_waits_for_all():
    plan = plan_of(restaurant(), restaurant_items(), TINY)
    by_name = {m["member"]: m for m in plan["members"]}
    assert (by_name["health-2"]["holder"], by_name["health-2"]["entry"]) == ("worker", 2)
    assert waits(plan)["food"] == [("health-1", "decided"), ("health-2", "decided")]
    assert asked(plan) == [
        "layout:company",
        "cleaning-plan:company",
        "identity-card:worker[1]",
        "photo:worker[1]",
        "identity-card:worker[2]",
        "photo:worker[2]",
    ]


def test_no_entries_no_members():
    plan = plan_of(restaurant(), restaurant_items(), TINY | {"worker_count": 0})
    assert [m["member"] for m in plan["members"]] == ["food"]
    assert plan["left_out"][0] == {
        "member": "health",
        "item": "health",
        "name": "事项 health",
        "condition": "worker_count >= 1",
        "answers": {"worker_count": 0},
    }
    assert "health-certificate:anyone" in asked(plan)


def test_an_explicit_edge_joins_selected_members_only():
    edges = {m["member"]: m["waits_for"] for m in
             plan_of(restaurant(), restaurant_items(), LARGE)["members"]}  # fmt: skip
    assert {"member": "fire", "state": "decided", "evidence": None, "why": ""} in edges["food"]
    assert waits(plan_of(restaurant(), restaurant_items(), TINY))["food"] == [
        ("health-1", "decided"),
        ("health-2", "decided"),
    ]


def test_one_material_list_is_as_strict_as_the_strictest_who_needs_it():
    materials = {m["key"]: m for m in
                 plan_of(restaurant(), restaurant_items(), LARGE)["materials"]}  # fmt: skip
    layout = materials["layout:company"]
    assert (layout["lowest_trust"], layout["deferrable"]) == ("B", False)
    assert materials["photo:worker[1]"]["deferrable"]
    assert materials["cleaning-plan:company"]["kind"] == "commitment"


def test_a_register_answers_without_asking_anybody():
    plan = plan_of(restaurant(), restaurant_items(), TINY)
    assert ("business-licence:company", "register", None) in not_asked(plan)
    assert "business-licence:company" not in asked(plan)


def test_a_field_is_required_if_one_of_its_users_requires_it():
    form = {f["field"]: f for f in plan_of(restaurant(), restaurant_items(), LARGE)["form"]}
    assert form["company_name"]["required"]
    assert form["workers"]["required"]
    assert [sub["field"] for sub in form["workers"]["entry"]] == ["person_name", "person_phone"]
    assert form["workers"]["entries"] == 2
    assert not plan_of(restaurant(), restaurant_items(), TINY | {"worker_count": 0})["form"][-1][
        "required"
    ]


def held(evidence="layout", owner="company", trust="B", subject="示范路1号", id_="h1"):
    return Held(id_, evidence, owner, trust, subject)


def test_what_the_wallet_holds_for_this_subject_is_not_asked_again():
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (held(),))
    assert "layout:company" not in asked(plan)
    assert ("layout:company", "held", "h1") in not_asked(plan)


@pytest.mark.parametrize(
    "useless",
    [
        held(subject="示范路2号"),
        held(subject=None),
        held(owner="applicant"),
        held(trust="D"),
        held(evidence="photo"),
    ],
)
def test_another_restaurants_or_persons_or_a_weak_paper_never_serves(useless):
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (useless,))
    assert "layout:company" in asked(plan)


def test_held_evidence_serves_those_whom_it_suffices_and_is_asked_for_the_others():
    plan = plan_of(restaurant(), restaurant_items(), LARGE, (held(trust="C"),))
    materials = {m["key"]: [why["member"] for why in m["why"]] for m in plan["materials"]}
    assert materials["layout:company"] == ["fire"]
    [spared] = [entry for entry in plan["not_asked"] if entry["why"] == "held"]
    assert spared["for"] == ["food"]


def test_the_best_held_evidence_is_named_whatever_order_it_comes_in():
    two = (held(trust="B", id_="b"), held(trust="A", id_="z"), held(trust="B", id_="a"))
    plans = [plan_of(restaurant(), restaurant_items(), LARGE, order) for order in (two, two[::-1])]
    assert plans[0] == plans[1]
    assert ("layout:company", "held", "z") in not_asked(plans[0])


def test_an_entrys_evidence_serves_that_entry():
    mine = held("identity-card", "worker[2]", subject=None)
    plan = plan_of(restaurant(), restaurant_items(), TINY, (mine,))
    assert "identity-card:worker[1]" in asked(plan)
    assert "identity-card:worker[2]" not in asked(plan)


def test_the_wallet_removes_requirements_never_members():
    wallet = (held("food-permit"), held("fire-certificate", trust="A", id_="h2"))
    with_, without = (plan_of(restaurant(), restaurant_items(), LARGE, w) for w in (wallet, ()))
    assert waits(with_) == waits(without)
    assert ("fire-certificate:company", "issued", "fire") in not_asked(with_)


def test_a_commitment_is_not_asked_where_the_evidence_is_held():
    plan = plan_of(restaurant(), restaurant_items(), TINY, (held("cleaning-plan", subject=None),))
    assert "cleaning-plan:company" not in asked(plan)


# --- a company, born on the way -------------------------------------------------------------------


def test_five_members_start_together_once_the_company_is_born():
    born = {"role": "company", "kind": "enterprise", "who": "born", "number_field": "credit_code"}
    after = ["seal", "invoice", "insurance", "fund"]
    needs_licence = [need("licence")]
    known = catalogue(
        item("register", 1, issues="licence", fields=[{"field": "company_name"}]),
        *(item(code, 1, requirements=needs_licence, issues="stamp" if code == "seal" else None)
          for code in after),
        item("bank", 1, requirements=[*needs_licence, need("stamp", waits_for="decided")]),
        fields=(field("company_name"),),
        types=(evidence("licence"), evidence("stamp")),
    )  # fmt: skip
    record = bundle(
        member("bank"), *map(member, after), member("register"), parties=[APPLICANT, born]
    )
    plan = plan_of(record, known)
    assert asked(plan) == []
    assert {m: {p for p, _ in w} for m, w in waits(plan).items()} == {
        "register": set(),
        **dict.fromkeys(after, {"register"}),
        "bank": {"register", "seal"},
    }
    assert [m["member"] for m in plan["members"]] == ["register", *after, "bank"]
    assert plan["promise"]["path"] == ["register", "seal", "bank"]


def test_two_needs_of_one_result_wait_once_and_for_the_stricter_state():
    twice = [need("licence", waits_for="decided"), need("licence", whose="anyone")]
    known = catalogue(
        item("register", issues="licence"),
        item("bank", requirements=twice),
        types=(evidence("licence"),),
    )
    plan = plan_of(bundle(member("register"), member("bank")), known)
    assert waits(plan)["bank"] == [("register", "issued")]


# --- answers --------------------------------------------------------------------------------------


def wrong(answers, record=None, known=None):
    with pytest.raises(AnswersWrong) as refused:
        plan_of(record or restaurant(), known or restaurant_items(), answers)
    return {flaw.pointer: (flaw.more["fault"], flaw.zh, flaw.en) for flaw in refused.value.errors}


def test_every_wrong_answer_is_told_at_once_with_what_would_be_right():
    flaws = wrong({"area": "large", "worker_count": True, "colour": "red"})
    assert {pointer: fault for pointer, (fault, _, _) in flaws.items()} == {
        "/answers/area": "wrong-answer",
        "/answers/address": "missing-answer",
        "/answers/worker_count": "wrong-answer",
        "/answers/colour": "unknown-question",
    }
    _, zh, en = flaws["/answers/area"]
    assert zh == "字段 area，应为数字，不小于1，不大于10000。"
    assert en == "Field area, must be a number, at least 1, at most 10000."
    assert "large" not in zh + en


def test_options_are_listed():
    options = [
        {"value": "hot", "name": "热食", "name_en": "hot"},
        {"value": "cold", "name": "冷食"},
    ]
    known = catalogue(
        item("a", fields=[{"field": "kind"}]),
        fields=(field("kind", "choice", rule={"options": options}),),
    )
    record = bundle(member("a"), questions=("kind",))
    _, zh, en = wrong({"kind": "sweet"}, record, known)["/answers/kind"]
    assert "hot（热食）、cold（冷食）" in zh
    assert "hot (hot), cold (冷食)" in en


@pytest.mark.parametrize("count", [-1, 51, 2**70, 1.0, "2", True, None])
def test_a_count_is_a_small_whole_number(count):
    assert wrong(TINY | {"worker_count": count}) == {
        "/answers/worker_count": (
            "wrong-answer",
            "字段 worker_count，应为整数，不小于0，0到50之间。",
            "Field worker_count, must be a whole number, at least 0, from 0 to 50.",
        )
    }


def test_where_nothing_applies_there_is_nothing_to_do():
    known = catalogue(item("a", fields=[{"field": "sure"}]), fields=(field("sure", "boolean"),))
    with pytest.raises(NothingToDo):
        plan_of(bundle(member("a", when="sure"), questions=("sure",)), known, {"sure": False})


def test_a_condition_that_ends_in_an_error_counts_as_neither_true_nor_false():
    known = catalogue(item("a", fields=[{"field": "n"}]), fields=(field("n", "integer"),))
    record = bundle(member("a", when="10 / n > 1"), questions=("n",))
    assert plan_of(record, known, {"n": 2})
    with pytest.raises(Undecidable) as refused:
        plan_of(record, known, {"n": 0})
    assert refused.value.members == {"condition": "10 / n > 1"}


# --- the digest -----------------------------------------------------------------------------------


def test_the_same_facts_give_the_same_digest_and_other_facts_another():
    one = plan_of(restaurant(), restaurant_items(), LARGE)
    assert one["digest"] == digest(one) == digest(dict(reversed(one.items())))
    assert one == plan_of(restaurant(), restaurant_items(), dict(reversed(LARGE.items())))
    assert one == plan_of(restaurant(), restaurant_items(), LARGE | {"area": 350.0})
    assert (
        one["digest"] != plan_of(restaurant(), restaurant_items(), LARGE | {"area": 351})["digest"]
    )
    assert one["digest"] != plan_of(restaurant(), restaurant_items(), LARGE, (held(),))["digest"]


def test_composing_leaves_the_published_bundle_as_it_was():
    thing = published(restaurant(), restaurant_items())
    first = compose(thing, LARGE)
    first["form"][0]["rule"]["minimum"] = 7
    first["members"].clear()
    assert compose(thing, LARGE)["digest"] == compose(thing, LARGE)["digest"] == first["digest"]


# --- the dossier ----------------------------------------------------------------------------------


def test_a_desk_reads_what_its_item_declares_and_nothing_else():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    fire = dossier_fields(plan, "fire")
    assert [(f.field, f.entry) for f in fire.fields] == [("company_name", None), ("address", None)]
    assert fire.materials == ("layout:company",)
    assert (fire.issued, fire.held, fire.registers) == ((), (), ())


def test_a_repeated_members_desk_reads_its_own_entry():
    plan = plan_of(restaurant(), restaurant_items(), LARGE)
    health = dossier_fields(plan, "health-2")
    assert [(f.field, f.entry) for f in health.fields] == [("workers", 2)]
    assert health.materials == ("identity-card:worker[2]", "photo:worker[2]")


def test_a_dossier_names_the_predecessors_results_and_what_is_held_or_looked_up():
    wallet = (held("cleaning-plan", subject=None, id_="plan"),)
    plan = plan_of(restaurant(), restaurant_items(), LARGE, wallet)
    food = dossier_fields(plan, "food")
    assert [(f.field, f.entry) for f in food.fields] == [
        ("company_name", None),
        ("area", None),
        ("workers", None),
    ]
    assert food.materials == ("layout:company",)
    assert food.issued == (
        ("health-1", "health-certificate"),
        ("health-2", "health-certificate"),
        ("fire", "fire-certificate"),
    )
    assert food.held == ("plan",)
    assert food.registers == ("business-licence",)
