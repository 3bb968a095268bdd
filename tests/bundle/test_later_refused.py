"""What cannot be asked of a result: of which, when, and by whom."""

from datetime import timedelta

import pytest

from tests import world
from tests.bundle.holding import END, LAST_DAY, RENEWAL, holding, new_number, on, permit
from tests.bundle.office import Office, decided, issued
from tests.bundle.test_endings import ended
from tests.refusals import pointers, problem

pytestmark = pytest.mark.usefixtures("in_spring")


async def test_somebody_elses_result_and_none_look_the_same(office: Office):
    one = await holding(office)
    stranger = office.somebody()

    foreign = await one.asked("renewal", stranger)
    filing = await one.filing("renewal") | {"materials": {}}
    filed = await stranger("POST", "/applications", json=filing)
    one.number = "OV20200101-0000000000000"
    absent = await one.asked("renewal", stranger)

    assert problem(foreign) == problem(absent) == problem(filed) == (404, "result-unknown")


@pytest.mark.parametrize("kind", ["renewal", "change", "replacement"])
async def test_of_what_has_ended_nothing_is_asked(office: Office, kind: str):
    one = await holding(office)
    filing = await one.filing(kind)
    await office.hear(ended(one.application, "permit", "shop-permit"))

    asked = await one.asked(kind)
    filed = await one.who("POST", "/applications", json=filing)

    assert problem(asked) == problem(filed) == (409, "earlier-ended")


@pytest.mark.parametrize("kind", ["renewal", "change", "replacement"])
async def test_what_has_expired_is_applied_for_anew(office: Office, kind: str):
    one = await holding(office)
    on(office, END + timedelta(days=1))

    assert problem(await one.asked(kind)) == (409, "earlier-expired")


async def test_a_renewal_is_asked_for_in_time(office: Office):
    one = await holding(office)
    on(office, LAST_DAY)
    filing = await one.filing("renewal")
    on(office, LAST_DAY + timedelta(days=1))

    late = await one.who("POST", "/applications", json=filing)

    assert problem(late) == (409, "too-late-to-renew")
    assert LAST_DAY.isoformat() in late.json()["detail"]
    assert (await one.asked("change")).status_code == 200, "a change has until the end"


async def test_the_item_may_set_another_day(office: Office):
    one = await holding(office)
    await office.hear(permit([RENEWAL | {"days_before": 0}]))
    on(office, END)

    assert (await one.asked("renewal")).status_code == 200
    assert problem(await one.asked("change")) == (409, "kind-not-offered")


async def test_what_does_not_expire_is_not_renewed(office: Office):
    one = await holding(office, end=None)

    assert problem(await one.asked("renewal")) == (409, "nothing-to-renew")
    assert (await one.asked("change")).status_code == 200


async def test_an_item_that_offers_nothing_says_so(office: Office):
    who = office.somebody()
    application = await office.filed(who)
    made = issued(application, "licence", "licence-fact", number=new_number())
    await office.hear(decided(application, "licence"), made)

    path = f"/wallet/results/{made.number}/compositions"
    answer = await who("POST", path, json={"kind": "change"})

    assert problem(answer) == (409, "kind-not-offered")
    assert answer.json()["offered"] == []


async def test_a_filing_is_of_a_bundle_or_of_a_result(office: Office):
    one = await holding(office)
    right = await one.filing("renewal")
    nobody = {name: value for name, value in right.items() if name != "replaces"}
    wrong = [
        (right | {"bundle": "shop"}, ["/bundle"]),
        (nobody, ["/bundle"]),
        (right | {"holder": {"number": "1"}}, ["/holder"]),
        (right | {"replaces": {"number": one.number, "kind": "loan"}}, ["/replaces/kind"]),
        (right | {"replaces": {"number": "a b", "kind": "change"}}, ["/replaces/number"]),
    ]

    for body, where in wrong:
        assert pointers(await one.who("POST", "/applications", json=body)) == where


async def test_a_plan_of_another_kind_or_result_is_another_plan(office: Office):
    one = await holding(office)
    filing = await one.filing("replacement")

    answer = await one.who(
        "POST",
        "/applications",
        json=filing | {"replaces": {"number": one.number, "kind": "change"}},
    )

    assert problem(answer) == (409, "plan-changed")


async def test_the_kinds_are_no_bundles(office: Office):
    bureau = office.person("bureau", "li")

    answer = await bureau("PUT", "/bundles/renewal", json=world.BUNDLE)

    assert problem(answer) == (422, "code-reserved")
