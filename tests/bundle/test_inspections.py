"""Files that acts rest on, and what a supervised holder reads and answers: who sees what."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.contracts import (
    ApprovalSuspended,
    Duration,
    EndingProposed,
    SupervisionAssigned,
    SupervisionClosed,
    SupervisionFound,
    SupervisionOpened,
)
from tests import world
from tests.alone import letter
from tests.bundle.office import Office, of
from tests.platform import Person
from tests.refusals import pointers, problem

ANSWERED = "bundle.rectification.answered"
FILED = "bundle.exhibit.filed"
WORDS = "检测报告未在有效期内，请补做。"
ANSWER = "已委托有资质的机构重新检测。"
PAGE = {"file": ("现场照片.pdf", world.PDF, "application/pdf")}


class Check:
    """A granted permit of an application, and the regulator's duty about it."""

    def __init__(self, office: Office, ada: Person, application: Any) -> None:
        self.office, self.ada, self.application = office, ada, application
        own = of(application, "permit")
        self.approval, self.department = own["approval"], own["department"]
        self.supervision, self.finding = uuid4(), uuid4()
        self.until = datetime.now(UTC) + timedelta(days=10)
        self.about: dict[str, Any] = {
            "supervision": self.supervision,
            "approval": self.approval,
            "application": application["id"],
            "item": own["item"],
            "department": self.department,
            "regulator": "enforcement",
        }

    @property
    def path(self) -> str:
        return f"/applications/{self.application['id']}/rectifications"

    def opened(self) -> SupervisionOpened:
        return SupervisionOpened(**self.about, kind="inspect", opened_at=datetime.now(UTC))

    def found(self, verdict: str = "rectify", **more: Any) -> SupervisionFound:
        said = {"finding": self.finding, "kind": "inspect", "found_at": datetime.now(UTC)}
        said |= {"reason_codes": ["no-test-report"], "until": self.until}
        return SupervisionFound(**self.about | said | {"verdict": verdict} | more)

    def proposed(self, **more: Any) -> EndingProposed:
        said = {"reason_code": "rectification-missed", "proposed_at": datetime.now(UTC)}
        return EndingProposed(**self.about | said | more)

    def closed(self) -> SupervisionClosed:
        now = datetime.now(UTC)
        said = {"kind": "inspect", "outcome": "passed", "opened_at": now, "closed_at": now}
        return SupervisionClosed(**self.about, **said)

    def inspector(self, department: str = "enforcement") -> Person:
        return self.office.person("inspector", "chen", department=department)

    async def rows(self) -> list[Any]:
        return list((await self.ada.get(self.path))["items"])


@pytest.fixture
async def check(office: Office) -> Check:
    ada = office.somebody()
    made = Check(office, ada, await office.filed(ada))
    await office.hear(letter(made.opened(), 1))
    return made


async def exhibit(who: Person) -> str:
    answer = await who("POST", "/uploads", files=PAGE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def reads(who: Person, upload: str) -> int:
    return (await who("GET", f"/uploads/{upload}")).status_code


async def notices(ada: Person, *kinds: str) -> list[Any]:
    return [one for one in (await ada.get("/notices"))["items"] if one["kind"] in kinds]


@pytest.mark.parametrize("role", ["officer", "inspector", "partner"])
async def test_what_a_department_uploads_is_told_as_its_own(office: Office, role: str):
    who = office.person(role, f"{role}-1", department="health")

    upload = await exhibit(who)

    [told] = await office.told(FILED, exhibit=upload)
    assert told["department"] == "health"
    assert set(told) == {"exhibit", "department", "digest", "filed_at"}
    assert await reads(office.person("officer", "colleague", department="health"), upload) == 200


async def test_what_an_applicant_uploads_is_no_departments(office: Office):
    ada = office.somebody()
    upload = await exhibit(ada)

    assert await office.told(FILED, exhibit=upload) == []
    assert await reads(ada, upload) == 200
    for other in (office.somebody(), office.officer("market"), office.person("clerk", "c")):
        assert await reads(other, upload) == 404


async def test_a_token_without_a_department_uploads_nothing(office: Office):
    answer = await office.person("inspector", "nobody")("POST", "/uploads", files=PAGE)
    assert answer.status_code == 403


async def test_only_who_may_read_the_finding_reads_its_files(check: Check, office: Office):
    chen, granting = check.inspector(), office.officer(check.department)
    upload = await exhibit(chen)
    await office.hear(letter(check.found(exhibits=[upload]), 3))
    strangers = (office.officer("fire"), check.inspector("fire"), check.ada, office.somebody())

    assert await reads(chen, upload) == 200
    assert [await reads(one, upload) for one in strangers] == [404] * 4
    foreign = (await office.officer("fire")("GET", f"/uploads/{upload}")).json()
    absent = (await office.officer("fire")("GET", f"/uploads/{uuid4()}")).json()
    same = ("type", "title", "status", "detail")
    assert [foreign[name] for name in same] == [absent[name] for name in same]

    assert await reads(granting, upload) == 404, "as long as nothing is proposed to it"
    await office.hear(letter(check.proposed(), 4))
    assert await reads(granting, upload) == 200
    await office.hear(letter(check.proposed(withdrawn=True), 5))
    assert await reads(granting, upload) == 404
    read = "SELECT count(*) AS n FROM disclosure WHERE what = :what AND department = :who"
    about = {"what": f"upload {upload}", "who": check.department}
    assert (await office.rows(read, **about))[0].n == 1, "each reading is written down"


async def test_a_duty_that_changes_hands_takes_its_files_along(check: Check, office: Office):
    moved = {k: v for k, v in check.about.items() if k != "regulator"} | {"regulator": "health"}
    told = SupervisionAssigned(**moved, assigned_at=datetime.now(UTC))
    await office.hear(letter(told, 2))
    path, words = f"/dossiers/{check.approval}/explanations", {"text": WORDS}

    refused = await check.inspector()("PUT", path, json=words)
    kept = await check.inspector("health")("PUT", path, json=words)

    assert (refused.status_code, kept.status_code) == (404, 200)
    await office.hear(letter(check.opened(), 1))
    again = await check.inspector()("PUT", path, json=words)
    assert again.status_code == 404, "older news changes nothing"


async def test_the_holder_is_told_once_in_words_and_answers_once(check: Check, office: Office):
    kept = await check.inspector().put(f"/dossiers/{check.approval}/explanations", {"text": WORDS})
    found = letter(check.found(explanation=kept["digest"]), 3)
    await office.hear(found)
    await office.hear(found)
    [notice] = await notices(check.ada, "rectify")
    assert notice["next"]["path"] == f"/api{check.path}"
    assert notice["explanations"]["permit"]["text"] == WORDS
    [asked] = await check.rows()
    assert (asked["open"], asked["explanation"], asked["member"]) == (True, WORDS, "permit")
    proof = await exhibit(check.ada)
    said, path = {"text": ANSWER, "uploads": [proof]}, f"{check.path}/{check.supervision}"

    for _ in range(2):
        [answered] = (await check.ada.put(path, said))["items"]
    other = await check.ada("PUT", path, json=said | {"text": "另有说明。"})

    assert (answered["open"], answered["answer"]["text"]) == (False, ANSWER)
    assert problem(other) == (409, "rectification-answered")
    [told] = await office.told(ANSWERED, supervision=check.supervision)
    assert (told["uploads"], told["finding"]) == ([proof], str(check.finding))
    assert ANSWER not in str(told)
    seen = (await check.inspector().get(f"/dossiers/{check.approval}/inspections"))["items"]
    assert [one["answer"]["text"] for one in seen] == [ANSWER]
    assert await reads(check.inspector(), proof) == 200
    assert await reads(office.officer("fire"), proof) == 404
    kept_as = await office.rows("SELECT written FROM rectification_answer")
    assert all(ANSWER not in row.written for row in kept_as), "sealed"


async def test_nobody_answers_for_another_or_what_was_not_asked(check: Check, office: Office):
    said, path = {"text": ANSWER}, f"{check.path}/{check.supervision}"
    early = await check.ada("PUT", path, json=said)
    await office.hear(letter(check.found(), 3))
    other = await office.somebody()("PUT", path, json=said)
    elsewhere = await check.ada("PUT", f"{check.path}/{uuid4()}", json=said)
    theirs = await check.ada(
        "PUT", path, json=said | {"uploads": [await exhibit(office.somebody())]}
    )
    empty = await check.ada("PUT", path, json={"text": "  "})

    assert problem(early) == problem(elsewhere) == (404, "rectification-unknown")
    assert problem(other) == (404, "application-unknown")
    assert pointers(theirs) == ["/uploads/0"]
    assert pointers(empty) == ["/text"]
    assert await office.told(ANSWERED, supervision=check.supervision) == []


async def test_an_answer_after_its_day_is_taken_and_called_late(check: Check, office: Office):
    check.until = datetime.now(UTC) - timedelta(days=1)
    await office.hear(letter(check.found(), 3))
    await office.hear(letter(check.proposed(), 4))
    [asked] = await check.rows()
    assert (asked["open"], asked["ending_proposed"]) == (True, True)
    [notice] = await notices(check.ada, "ending_proposed")
    assert notice["next"]["code"] == "state-your-case"

    [answered] = (await check.ada.put(f"{check.path}/{check.supervision}", {"text": ANSWER}))[
        "items"
    ]

    assert answered["answer"]["late"] is True
    granting = await office.officer(check.department).get(f"/dossiers/{check.approval}/inspections")
    assert granting["items"][0]["answer"]["text"] == ANSWER


async def test_what_has_passed_is_answered_no_more(check: Check, office: Office):
    await office.hear(letter(check.found(), 3))
    passed = check.found("pass", finding=uuid4(), until=None, reason_codes=[])
    await office.hear(letter(passed, 4), letter(check.closed(), 4))

    late = await check.ada("PUT", f"{check.path}/{check.supervision}", json={"text": ANSWER})

    assert problem(late) == (409, "rectification-over")
    assert len(await notices(check.ada, "inspection_passed")) == 1


async def test_in_whatever_order_a_regulators_words_come(check: Check, office: Office):
    """A closing that comes first is not undone, and nobody is sent to put right what has passed."""
    await office.hear(letter(check.closed(), 5))
    await office.hear(letter(check.proposed(), 4))
    await office.hear(letter(check.found(), 3))

    [asked] = await check.rows()
    assert (asked["open"], asked["ending_proposed"]) == (False, False)
    assert await notices(check.ada, "rectify", "ending_proposed") == []


async def test_a_suspensions_file_is_read_by_its_desk_alone(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    own = of(application, "licence")
    upload = await exhibit(office.person("officer", "wang", department=own["department"]))
    told = ApprovalSuspended(
        approval=UUID(own["approval"]),
        application=application["id"],
        member="licence",
        department=own["department"],
        number=1,
        kind="inspection",
        expected=Duration(value=5),
        since=datetime.now(UTC),
        exhibit=UUID(upload),
    )
    await office.hear(told)

    assert await reads(office.officer(own["department"]), upload) == 200
    assert await reads(office.officer("fire"), upload) == 404
    assert await reads(ada, upload) == 404


async def test_one_file_may_rest_under_two_checks_of_one_grant(check: Check, office: Office):
    """Each regulator reads what it was shown, whoever was shown it first."""
    other = Check(office, check.ada, check.application)
    other.about |= {"regulator": "tax"}
    await office.hear(letter(other.opened(), 1))
    for one in (check, other):
        await office.hear(letter(one.found(), 3))
    proof = await exhibit(check.ada)

    for one in (check, other):
        said = {"text": ANSWER, "uploads": [proof]}
        await check.ada.put(f"{check.path}/{one.supervision}", said)

    assert await reads(check.inspector(), proof) == 200
    assert await reads(check.inspector("tax"), proof) == 200
    assert await reads(office.officer(check.department), proof) == 404
    await office.hear(letter(other.proposed(), 4))
    assert await reads(office.officer(check.department), proof) == 200
