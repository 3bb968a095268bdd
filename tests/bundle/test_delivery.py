"""A holder sees when and how something was delivered; opening a certificate here delivers it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.bundle.wallet.actions import ResultOnItsWay
from services.contracts import ApprovalDelivered
from tests.alone import letter
from tests.bundle.office import Office, decided, issued, of

OPENED = "bundle.result.opened"
LICENCE = {"shop_name": "清风小馆"}


def delivered(application: Any, member: str, **more: Any) -> ApprovalDelivered:
    own, now = of(application, member), datetime.now(UTC)
    told: dict[str, Any] = {
        "approval": UUID(own["approval"]),
        "application": application["id"],
        "bundle": application["bundle"],
        "member": member,
        "item": own["item"],
        "department": own["department"],
        "result": f"OV-{own['approval']}",
        "way": "post",
        "by": "authority",
        "decided_at": now,
        "issued_at": now,
        "delivered_at": now,
    }
    return ApprovalDelivered(**told | more)


async def holding(office: Office) -> tuple[Any, Any, Any]:
    """Somebody, the filing, and the licence in the wallet, with its content."""
    who = office.somebody()
    application = await office.filed(who)
    made = await office.issue(application, "licence", LICENCE, evidence="licence-fact")
    await office.hear(decided(application, "licence"), made)
    return who, application, await the_licence(who)


async def the_licence(who: Any) -> Any:
    found = (await who.get("/wallet"))["items"]
    return next(one for one in found if one["evidence"] == "licence-fact")


async def notices(who: Any) -> list[Any]:
    return [one for one in (await who.get("/notices"))["items"] if one["kind"] == "delivered"]


async def test_a_delivery_is_seen_in_progress_and_wallet_and_told_once(office: Office):
    who, application, licence = await holding(office)
    assert licence["delivered_at"] is None
    told = letter(delivered(application, "licence"))

    await office.hear(told)
    await office.hear(told)

    seen = of(await office.progress(who, application), "licence")
    assert (seen["delivery"]["way"], seen["delivery"]["by"]) == ("post", "authority")
    licence = await the_licence(who)
    assert licence["delivered_as"] == "post"
    assert licence["delivered_at"] is not None
    [notice] = await notices(who)
    assert (notice["member"], notice["facts"]["way"]) == ("licence", "post")
    assert len(await office.told("bundle.notice.issued", kind="delivered")) == 1


async def test_a_refusal_is_delivered_without_a_result(office: Office):
    who = office.somebody()
    application = await office.filed(who)
    no = decided(application, "licence", "refused")

    await office.hear(no, delivered(application, "licence", result=None, issued_at=None))

    assert of(await office.progress(who, application), "licence")["delivery"]["way"] == "post"


async def test_a_delivery_that_comes_before_its_result_waits_for_it(office: Office):
    who = office.somebody()
    application = await office.filed(who)
    early = letter(delivered(application, "licence"))

    with pytest.raises(ResultOnItsWay):
        await office.hear(early)
    assert await notices(who) == []
    made = issued(application, "licence", "licence-fact")
    await office.hear(decided(application, "licence"), made)
    await office.hear(early)

    assert (await the_licence(who))["delivered_as"] == "post"


async def test_opening_it_is_told_once_however_often_and_however_many_at_once(office: Office):
    who, application, licence = await holding(office)
    await office.connect()
    path = f"/wallet/{licence['id']}/certificate"

    pages = await asyncio.gather(*(who("GET", path + kind) for kind in ("", ".pdf") * 4))
    later = await who("GET", path)

    assert {one.status_code for one in (*pages, later)} == {200}
    [told] = await office.told(OPENED, application=application["id"])
    assert told["number"] == licence["result_number"]
    assert set(told) == {"number", "approval", "application", "opened_at"}


async def test_what_nobody_may_open_is_not_opened(office: Office):
    _, application, licence = await holding(office)

    stranger = await office.somebody()("GET", f"/wallet/{licence['id']}/certificate")

    assert stranger.status_code == 404
    assert await office.told(OPENED, application=application["id"]) == []


async def test_looking_at_the_wallet_delivers_nothing(office: Office):
    _, application, _ = await holding(office)

    assert await office.told(OPENED, application=application["id"]) == []


async def test_who_opened_it_is_not_told_so(office: Office):
    who, application, _ = await holding(office)

    await office.hear(delivered(application, "licence", way="electronic", by="holder"))

    assert await notices(who) == []
    assert (await the_licence(who))["delivered_as"] == "electronic"
