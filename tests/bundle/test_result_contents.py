"""A result's content: stored by its desk, known by its digest, read by whoever builds on it."""

import hashlib
from typing import Any

import pytest
import rfc8785

from tests.bundle.desks import FACT, at_both_desks, desk, read
from tests.bundle.office import Office, decided, issued
from tests.refusals import pointers, problem


async def test_a_results_content_has_one_digest_however_it_is_written(office: Office):
    application = await at_both_desks(office, office.somebody())
    officer, path = desk(office, application, "permit")
    content = {"permit_number": "JY-1", "shop_name": "清风小馆"}

    first = await officer.put(f"{path}/result", {"content": content})
    again = await officer.put(f"{path}/result", {"content": dict(reversed(content.items()))})
    other = await officer.put(f"{path}/result", {"content": content | {"permit_number": "JY-2"}})

    wanted = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    assert first == again == {"digest": f"sha256:{wanted}"}
    assert other != first


async def test_only_the_content_that_was_issued_is_read_on(office: Office):
    application = await office.filed(office.somebody())
    officer, path = desk(office, application, "licence")
    issuing = await office.issue(application, "licence", FACT, evidence="licence-fact")
    await officer.put(f"{path}/result", {"content": {"shop_name": "another name"}})
    await office.hear(decided(application, "licence"), issuing)

    dossier = await read(office, application, "permit")

    [fact] = [one for one in dossier["evidence"] if one["evidence"] == "licence-fact"]
    assert fact["content"] == FACT


async def test_a_result_without_a_stored_content_is_relied_on_by_its_number(office: Office):
    application = await office.filed(office.somebody())
    await office.hear(issued(application, "licence", "licence-fact"))

    dossier = await read(office, application, "permit")

    [fact] = [one for one in dossier["evidence"] if one["evidence"] == "licence-fact"]
    assert fact["content"] is None
    [asked] = await office.told(
        "bundle.approval.requested", application=application["id"], member="permit"
    )
    assert asked["relies_on"] == [fact["result_number"]]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({}, ["/content/permit_number", "/content/shop_name"]),
        ({"permit_number": "1", "shop_name": ""}, ["/content/shop_name"]),
        ({"permit_number": "1", "shop_name": "x", "colour": "red"}, ["/content/colour"]),
        ({"permit_number": 7, "shop_name": "x"}, ["/content/permit_number"]),
        ({"permit_number": "a\x00b", "shop_name": "x"}, ["/content/permit_number"]),
        ({"permit_number": "1", "shop_name": "x" * 41}, ["/content/shop_name"]),
    ],
)
async def test_a_content_that_is_not_what_this_paper_carries_is_refused(
    office: Office, content: Any, where: Any
):
    application = await at_both_desks(office, office.somebody())
    officer, path = desk(office, application, "permit")

    answer = await officer("PUT", f"{path}/result", json={"content": content})

    assert pointers(answer) == where


async def test_an_item_that_issues_nothing_stores_nothing(office: Office):
    application = await office.five(office.somebody(), "fire")
    officer, path = desk(office, application, "fire")

    answer = await officer("PUT", f"{path}/result", json={"content": {}})

    assert problem(answer) == (422, "content-faulty")


async def test_a_result_that_crossed_a_withdrawal_still_gets_its_content(office: Office):
    """The desk granted before it heard; what it issues is the holder's, content and all."""
    ada = office.somebody()
    application = await office.filed(ada)
    await ada.put(f"/applications/{application['id']}/withdrawal")
    officer, path = desk(office, application, "licence")
    closed = await officer("PUT", f"{path}/result", json={"content": FACT})

    await office.hear(decided(application, "licence"))
    stored = await officer("PUT", f"{path}/result", json={"content": FACT})

    assert problem(closed) == (404, "dossier-unknown")
    assert stored.status_code == 200
    assert problem(await officer("GET", path)) == (404, "dossier-unknown")
