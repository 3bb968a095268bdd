"""A desk reads what its item declares of its own approval, while it is asked, and it is noted."""

from uuid import uuid4

from tests import world
from tests.bundle.desks import FACT, PLAN, at_both_desks, desk, read
from tests.bundle.office import FORMS, WORKERS, Office, accepted, decided, issued, new_code, of
from tests.refusals import problem


async def test_a_desk_reads_just_the_fields_its_item_declares(office: Office):
    application = await at_both_desks(office, office.somebody())

    licence = await read(office, application, "licence")
    permit = await read(office, application, "permit")

    form = world.FORM
    assert licence["fields"] == {
        "applicant_name": form["applicant_name"],
        "applicant_id_number": form["applicant_id_number"],
    }
    assert licence["evidence"] == []
    assert permit["fields"] == {"shop_name": form["shop_name"], "premises": form["premises"]}
    assert permit["issues"] == "shop-permit"


async def test_a_desk_reads_what_its_predecessors_issued(office: Office):
    application = await at_both_desks(office, office.somebody())

    dossier = await read(office, application, "permit")

    [fact] = [one for one in dossier["evidence"] if one["evidence"] == "licence-fact"]
    assert fact["content"] == FACT
    assert (fact["trust"], fact["provider"]) == ("A", "department:market")
    assert fact["result_number"] and fact["issuer_number"]
    [plan] = [one for one in dossier["evidence"] if one["evidence"] == "floor-plan"]
    assert (plan["provider"], plan["content"], plan["material"]) == (
        "applicant",
        None,
        "floor-plan:owner",
    )


async def test_of_several_workers_a_desk_reads_its_own(office: Office):
    code = new_code()
    boss = office.company(code)
    application = await office.filed(boss, "restaurant", credit_code=code)

    first = await read(office, application, "check-1")
    second = await read(office, application, "check-2")

    assert first["fields"]["workers"] == [WORKERS[0]]
    assert second["fields"]["workers"] == [WORKERS[1]]
    assert "enterprise_name" not in first["fields"]


async def test_two_members_at_one_department_are_not_confused(office: Office):
    code = new_code()
    boss = office.company(code)
    application = await office.filed(boss, "restaurant", credit_code=code)
    for member, number in (("check-2", "H2"), ("check-1", "H1")):
        content = {"certificate_number": number, "person_name": member}
        result = await office.issue(application, member, content, evidence="health-certificate")
        await office.hear(decided(application, member), result)
        if member == "check-2":
            assert (await office.states(boss, application))["permit"] == "waiting"

    permit = await read(office, application, "permit")

    assert (await office.states(boss, application))["permit"] == "requested"
    contents = [one["content"] for one in permit["evidence"] if one["content"]]
    assert sorted(one["certificate_number"] for one in contents) == ["H1", "H2"]
    assert permit["commitments"] == ["hygiene-promise:company"]
    assert "workers" not in permit["fields"], "who they are was for the other desk to know"


async def test_held_evidence_is_read_like_evidence_handed_in(office: Office):
    ada = office.somebody()
    first = await office.filed(ada)
    await ada.put(f"/applications/{first['id']}/withdrawal")
    again = await at_both_desks(office, ada)
    assert again["materials"] == []

    dossier = await read(office, again, "fire")

    [plan] = [one for one in dossier["evidence"] if one["evidence"] == "floor-plan"]
    [file] = plan["files"]
    officer, path = desk(office, again, "fire")
    answer = await officer("GET", f"{path}/files/{file['upload']}")
    assert answer.content == world.PDF


async def test_a_file_is_read_in_its_own_dossier_only(office: Office):
    ada = office.somebody()
    upload = await office.upload(ada, world.PDF + PLAN)
    filing = await office.prepared(ada)
    filing["materials"] = {"floor-plan:owner": [upload]}
    application = await ada.post("/applications", json=filing)
    result = await office.issue(application, "licence", FACT, evidence="licence-fact")
    await office.hear(decided(application, "licence"), result)
    other = await at_both_desks(office, office.somebody())
    stray = await office.upload(ada)

    officer, path = desk(office, application, "permit")
    answer = await officer("GET", f"{path}/files/{upload}")

    assert answer.content == world.PDF + PLAN
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"
    elsewhere = [
        (desk(office, application, "licence"), upload),  # its item needs no floor plan
        (desk(office, other, "permit"), upload),
        ((officer, path), stray),
        ((officer, path), uuid4()),
        ((office.officer("market"), path), upload),
    ]
    for (who, where), file in elsewhere:
        assert problem(await who("GET", f"{where}/files/{file}")) == (404, "dossier-unknown")


async def test_a_dossier_opens_when_the_desk_is_asked_and_to_nobody_else(office: Office):
    application = await office.filed(office.somebody())
    waiting, path = desk(office, application, "permit")

    early = await waiting("GET", path)
    result = await waiting("PUT", f"{path}/result", json={"content": {}})
    await office.hear(issued(application, "licence", "licence-fact"))

    assert problem(early) == problem(result) == (404, "dossier-unknown")
    assert early.headers["retry-after"]
    assert (await waiting("GET", path)).status_code == 200
    for stranger in (office.officer("market"), office.officer("fire")):
        assert problem(await stranger("GET", path)) == (404, "dossier-unknown")
        answer = await stranger("PUT", f"{path}/result", json={"content": {}})
        assert problem(answer) == (404, "dossier-unknown")
    for role in ("citizen", "bureau", "operator", "inspector"):
        somebody = office.person(role, "somebody", department="health")
        assert problem(await somebody("GET", path)) == (403, "excluded")
    for claims in ({"department": "health"}, {"department": "health", "point": "taoyuan"}):
        clerk = office.person("clerk", "somebody", **claims)
        assert problem(await clerk("GET", path)) == (404, "dossier-unknown")


async def test_a_withdrawn_dossier_closes(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    await office.hear(accepted(application, "permit"))

    await ada.put(f"/applications/{application['id']}/members/permit/withdrawal")

    officer, path = desk(office, application, "permit")
    assert problem(await officer("GET", path)) == (404, "dossier-unknown")
    assert (await read(office, application, "fire"))["fields"]


async def test_a_decided_dossier_stays_readable_for_who_decided_it(office: Office):
    application = await at_both_desks(office, office.somebody())
    await office.hear(decided(application, "permit", "refused"))

    assert (await read(office, application, "permit"))["fields"]
    assert (await read(office, application, "licence"))["fields"]


async def test_every_reading_is_written_down_and_every_refused_one_is_not(office: Office):
    application = await at_both_desks(office, office.somebody())
    officer, path = desk(office, application, "permit")
    await officer.get(path)
    dossier = await officer.get(path)
    [file] = [one["upload"] for e in dossier["evidence"] for one in e["files"]]
    await officer("GET", f"{path}/files/{file}")
    await office.officer("market")("GET", path)
    await officer("GET", f"{path}/files/{uuid4()}")

    rows = await office.rows(
        "SELECT department, account, what FROM disclosure WHERE approval = :id ORDER BY at, id",
        id=of(application, "permit")["approval"],
    )

    assert [tuple(row) for row in rows] == [
        ("health", "wang", "dossier"),
        ("health", "wang", "dossier"),
        ("health", "wang", f"file {file}"),
    ]


async def test_a_stop_that_crossed_an_acceptance_leaves_the_dossier_open(office: Office):
    """The desk accepted before it heard of the stop, and keeps its own decision."""
    ada = office.somebody()
    application = await office.five(ada, "fire", "health", fire="stop")
    await office.hear(decided(application, "fire", "refused"))
    assert (await office.states(ada, application))["health"] == "cancelled"

    assert (await read(office, application, "health"))["fields"] == {"area": 10.0}


async def test_a_member_that_was_stopped_before_it_was_asked_opens_no_dossier(office: Office):
    ada = office.somebody()
    application = await office.filed(ada, "founding")
    await ada.put(f"/applications/{application['id']}/members/register/withdrawal")
    shop = await office.filed(ada)
    await office.hear(decided(shop, "licence", "refused"))

    for filed, member in ((application, "tax"), (shop, "permit")):
        officer, path = desk(office, filed, member)
        assert problem(await officer("GET", path)) == (404, "dossier-unknown")


async def test_the_companys_founder_is_read_by_the_desk_that_declares_it_only(office: Office):
    application = await office.filed(office.somebody(), "founding")
    content = {"enterprise_name": FORMS["founding"]["enterprise_name"], "credit_code": new_code()}
    licence = await office.issue(application, "register", content, evidence="business-licence")
    await office.hear(decided(application, "register"), licence)

    register = await read(office, application, "register")
    tax = await read(office, application, "tax")

    assert register["fields"]["applicant_phone"] == FORMS["founding"]["applicant_phone"]
    assert tax["fields"] == {"enterprise_name": content["enterprise_name"]}
    assert [one["content"] for one in tax["evidence"]] == [content]
