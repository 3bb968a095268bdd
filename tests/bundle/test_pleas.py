"""What a department writes to the bureau against a card lies sealed here, for the two of them."""

from typing import Any
from uuid import uuid4

import pytest

from tests.alone import letter
from tests.bundle.desks import at_both_desks
from tests.bundle.office import Office, decided, of
from tests.bundle.test_consulted import asked, closed, handed_over
from tests.refusals import pointers, problem

WORDS = {"to": "bureau", "text": "当事人司马相如长卿未到场。"}


async def filed(office: Office) -> tuple[Any, str]:
    application = await at_both_desks(office, office.somebody())
    return application, f"/dossiers/{of(application, 'permit')['approval']}/explanations"


def bureau(office: Office) -> Any:
    return office.person("bureau", "li")


async def test_its_department_and_the_bureau_read_it_and_nobody_else(office: Office):
    application, path = await filed(office)
    health = office.officer("health")
    await office.hear(decided(application, "permit"))

    digest = (await health.put(path, WORDS))["digest"]
    again = (await health.put(path, WORDS))["digest"]

    assert digest == again
    for who in (health, bureau(office)):
        seen = await who.get(f"{path}/{digest}")
        assert (seen["department"], seen["text"]) == ("health", WORDS["text"])
    for who in (office.officer("market"), office.officer("tax")):
        assert problem(await who("GET", f"{path}/{digest}")) == (404, "plea-unknown")
    assert problem(await bureau(office)("GET", f"{path}/sha256:{'0' * 64}")) == (
        404,
        "plea-unknown",
    )
    assert (await office.somebody()("GET", f"{path}/{digest}")).status_code == 403
    approval = of(application, "permit")["approval"]
    rows = await office.rows(
        "SELECT department FROM disclosure WHERE approval = :id AND what = 'plea'", id=approval
    )
    assert sorted(row.department for row in rows) == ["bureau", "health"], "readings are noted"


async def test_what_was_written_to_an_applicant_the_bureau_does_not_read(office: Office):
    _, path = await filed(office)
    words = {"text": WORDS["text"]}

    digest = (await office.officer("health").put(path, words))["digest"]

    assert digest != (await office.officer("health").put(path, WORDS))["digest"]
    for who in (bureau(office), office.officer("health")):
        assert problem(await who("GET", f"{path}/{digest}")) == (404, "plea-unknown")


async def test_the_words_lie_sealed(office: Office):
    _, path = await filed(office)
    await office.officer("health").put(path, WORDS)

    rows = await office.rows("SELECT * FROM explanation")

    assert not any("司马相如" in str(row) for row in rows)


async def test_whoever_was_asked_writes_when_it_is_over_too(office: Office):
    application, path = await filed(office)
    tax = office.officer("tax")
    assert problem(await tax("PUT", path, json=WORDS)) == (404, "dossier-unknown")
    opening = asked(application, "permit")
    await office.hear(letter(opening))
    await office.hear(letter(closed(opening, because="decided"), 2))

    digest = (await tax.put(path, WORDS))["digest"]

    assert (await bureau(office).get(f"{path}/{digest}"))["department"] == "tax"
    dossier = await tax("GET", path.removesuffix("/explanations"))
    assert dossier.status_code == 404, "writing shows nothing"
    assert (await tax("PUT", path, json={"text": "x"})).status_code == 404


async def test_whom_it_never_concerned_writes_nothing(office: Office):
    application, path = await filed(office)
    await office.hear(letter(handed_over(application, "permit", "tax"), 2))

    for department in ("health", "police"):
        answer = await office.officer(department)("PUT", path, json=WORDS)
        assert problem(answer) == (404, "dossier-unknown")
    nowhere = f"/dossiers/{uuid4()}/explanations"
    assert (await office.officer("tax")("PUT", nowhere, json=WORDS)).status_code == 404
    assert (await office.officer("tax")("PUT", path, json=WORDS)).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"gaps": {"shop_name": "不清"}}, ["/gaps/shop_name"]),
        ({"to": "market"}, ["/to"]),
        ({"text": ""}, ["/text"]),
    ],
)
async def test_wrong_words_are_named(office: Office, wrong, where):
    _, path = await filed(office)

    answer = await office.officer("health")("PUT", path, json=WORDS | wrong)

    assert pointers(answer) == where
