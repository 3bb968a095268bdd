"""What lies ready for a rule to grant, and when people decide instead."""

import pytest

from services.contracts import Gap
from tests.bundle.closing import Shop
from tests.bundle.correcting import answer, asked
from tests.bundle.office import Office, decided, issued, states

FIRST = {
    "fields": [
        {"field": one} for one in ("applicant_name", "applicant_id_number", "shop_name", "area")
    ],
    "issues": "floor-plan",
}
BY_RULE = {
    "requirements": [{"evidence": "floor-plan"}],
    "issues": "licence-fact",
    "instant": {"rule": "area >= 1.0"},
    "regulator": "health",
    "supervision": [{"kind": "inspect", "within": {"value": 30}}],
}
REQUESTED = "bundle.approval.requested"
NAME = Gap(field="shop_name", reason_code="differs")


@pytest.mark.parametrize("corrects", [False, True])
async def test_what_was_made_of_a_form_that_was_corrected_since_is_not_granted_by_rule(
    office: Office, corrects: bool
):
    shop = Shop(office, licence_check=FIRST, shop_permit=BY_RULE, fire_check={"requirements": []})
    await shop.open()
    ada = office.somebody()
    application = await shop.filed(ada)
    if corrects:
        await office.hear(asked(application, "licence", NAME))
        done = await answer(ada, application, "licence", form={"shop_name": "明月小馆"})
        assert done.status_code == 200, done.text

    result = issued(application, "licence", shop.code("floor-plan"))
    await office.hear(decided(application, "licence"), result)

    assert states(await office.progress(ada, application))["permit"] == "requested"
    [told] = await office.told(REQUESTED, application=application["id"], member="permit")
    assert (told["instant"] is None) == corrects
    assert told["facts"] == ({} if corrects else {"area": 350.0})
