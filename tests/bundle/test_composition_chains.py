"""What one member issues starts those that need it: a newborn, a company born on the way."""

from tests.bundle.bundles import (
    APPLICANT,
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
    waits,
)

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
