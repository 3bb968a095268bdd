"""A result that has ended is seen by its holder and serves nobody any more."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.bundle.wallet.actions import ResultOnItsWay
from services.contracts import ResultEnded
from tests import world
from tests.alone import letter
from tests.bundle.office import Office, issued, of
from tests.bundle.test_wallet import asked, renewal

PLACE = {"premises": world.ANSWERS["premises"]}


def ended(application: Any, member: str, evidence: str) -> ResultEnded:
    own = of(application, member)
    return ResultEnded(
        number=f"OV-{own['approval']}",
        approval=UUID(own["approval"]),
        application=application["id"],
        member=member,
        item=own["item"],
        evidence=evidence,
        department=own["department"],
        ended_by=own["department"],
        kind="revoked",
        reason_codes=("false-commitment",),
        ended_at=datetime.now(UTC),
    )


RENEWING = world.BUNDLE | {
    "parties": [{"role": "owner", "kind": "person", "who": "applicant"}],
    "questions": [{"field": "premises", "text": "在哪里？"}],
    "members": [{"member": "renewal", "item": "permit-renewal", "holder": "owner"}],
}


async def test_an_ended_result_is_not_held_again_and_its_holder_is_told_once(office: Office):
    await office.hear(renewal())
    await office.publish("renewing-ended", RENEWING)
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(
        issued(application, "licence", "licence-fact"),
        issued(application, "permit", "shop-permit"),
    )
    held = await office.planned(ada, "renewing-ended", PLACE)

    told = letter(ended(application, "permit", "shop-permit"))
    await office.hear(told)
    await office.hear(told)

    again = await office.planned(ada, "renewing-ended", PLACE)
    assert (asked(held), asked(again)) == ([], ["shop-permit:owner"])
    shown = {one["evidence"]: one["ended_as"] for one in (await ada.get("/wallet"))["items"]}
    assert (shown["shop-permit"], shown["licence-fact"]) == ("revoked", None)
    notices = [one for one in (await ada.get("/notices"))["items"] if one["kind"] == "ended"]
    assert [one["facts"]["reason_codes"] for one in notices] == [["false-commitment"]]


async def test_an_ending_waits_for_the_result_that_it_ends(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    early = letter(ended(application, "licence", "licence-fact"))

    with pytest.raises(ResultOnItsWay):
        await office.hear(early)
    await office.hear(issued(application, "licence", "licence-fact"))
    await office.hear(early)

    shown = {one["evidence"]: one["ended_as"] for one in (await ada.get("/wallet"))["items"]}
    assert shown["licence-fact"] == "revoked"
