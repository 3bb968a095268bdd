"""An applicant puts right what was asked, all of it and nothing else; the former stays readable."""

import asyncio
from datetime import date

from services.contracts import Gap
from tests import world
from tests.alone import letter
from tests.bundle.correcting import AMENDED, PLAN, answer, asked, corrected
from tests.bundle.desks import at_both_desks, read
from tests.bundle.office import WORKERS, Office, accepted, decided, new_code, of, states
from tests.refusals import pointers, problem

TEXT = {"text": "请补正下列内容。", "gaps": {"shop_name": "与招牌一致"}}


async def test_the_applicant_sees_what_to_do_and_the_desks_words(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    own = of(application, "permit")
    officer = office.officer("health")
    kept = await officer.put(f"/dossiers/{own['approval']}/explanations", TEXT)
    last_day = date(2099, 1, 31)

    await office.hear(asked(application, "permit", explanation=kept["digest"], answer_by=last_day))

    seen = await office.progress(ada, application)
    path = f"/applications/{application['id']}/corrections"
    at = f"/api{path}/permit"
    assert seen["to_do"] == [{"kind": "correct", "member": "permit", "at": at, "by": "2099-01-31"}]
    [hold] = of(seen, "permit")["holds"]
    assert (hold["kind"], hold["number"]) == ("correction", 1)
    assert states(seen)["permit"] == "requested"
    [notice] = (await ada.get("/notices"))["items"]
    assert (notice["kind"], notice["member"]) == ("correction", "permit")
    assert notice["explanations"] == {"permit": TEXT}
    [one] = (await ada.get(path))["items"]
    assert (one["open"], one["fields"], one["materials"]) == (
        True,
        ["shop_name"],
        ["floor-plan:owner"],
    )
    assert [gap["reason_code"] for gap in one["gaps"]] == ["differs", "illegible"]
    assert one["explanation"] == TEXT


async def test_an_answer_reaches_the_dossier_and_tells_whoever_reads_it(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    await office.hear(asked(application, "permit"))

    upload = await corrected(office, ada, application, "permit")

    permit, fire = (
        await read(office, application, "permit"),
        await read(office, application, "fire"),
    )
    assert permit["fields"]["shop_name"] == "明月小馆"
    for dossier in (permit, fire):
        [plan] = [one for one in dossier["evidence"] if one["evidence"] == "floor-plan"]
        assert [file["upload"] for file in plan["files"]] == [upload]
    told = await office.told(AMENDED, application=application["id"])
    assert {(one["member"], one["because"]) for one in told} == {
        ("permit", "correction"),
        ("fire", "shared"),
    }
    [shared] = [one for one in told if one["because"] == "shared"]
    assert (shared["fields"], shared["evidence"]) == ([], ["floor-plan:owner"])
    seen = await office.progress(ada, application)
    assert (seen["to_do"], of(seen, "permit")["holds"]) == ([], [])
    [done] = (await ada.get(f"/applications/{application['id']}/corrections"))["items"]
    assert not done["open"] and done["answered_at"]
    [held] = [o for o in (await ada.get("/wallet"))["items"] if o["evidence"] == "floor-plan"]
    assert held["trust"] == "C", "the illegible one serves nobody any more"


async def test_who_has_decided_keeps_reading_what_it_decided_on(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    before = await read(office, application, "fire")
    await office.hear(decided(application, "fire"))
    await office.hear(asked(application, "permit"))

    await corrected(office, ada, application, "permit")

    after = await read(office, application, "fire")
    assert after["evidence"] == before["evidence"]
    assert after["fields"] == before["fields"]
    told = await office.told(AMENDED, application=application["id"])
    assert [one["member"] for one in told] == ["permit"]
    [old] = [one for one in after["evidence"] if one["evidence"] == "floor-plan"]
    path = f"/dossiers/{of(application, 'fire')['approval']}/files/{old['files'][0]['upload']}"
    assert (await office.officer("fire")("GET", path)).content == world.PDF
    elsewhere = path.replace(
        of(application, "fire")["approval"], of(application, "permit")["approval"]
    )
    assert problem(await office.officer("health")("GET", elsewhere)) == (404, "dossier-unknown")


async def test_the_same_answer_again_is_one_answer_and_another_one_comes_too_late(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    await office.hear(asked(application, "permit"))
    upload = await office.upload(ada)
    body = {"form": {"shop_name": "明月小馆"}, "materials": {"floor-plan:owner": [upload]}}

    answers = await asyncio.gather(*(answer(ada, application, "permit", **body) for _ in range(6)))
    other = await answer(ada, application, "permit", **body | {"form": {"shop_name": "另一家"}})

    assert {one.status_code for one in answers} == {200}
    assert problem(other) == (409, "nothing-to-correct")
    assert len(await office.told(AMENDED, application=application["id"], because="correction")) == 1


async def test_a_request_heard_again_after_its_answer_does_not_begin_again(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    told = letter(asked(application, "permit"))
    await office.hear(told)
    await corrected(office, ada, application, "permit")

    await office.hear(told)
    await office.hear(asked(application, "permit"))

    assert (await office.progress(ada, application))["to_do"] == []
    assert len([n for n in (await ada.get("/notices"))["items"] if n["kind"] == "correction"]) == 1


async def test_personal_values_stay_sealed_before_and_after(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    gap = Gap(field="applicant_name", reason_code="differs")
    await office.hear(asked(application, "licence", gap))

    await answer(ada, application, "licence", form={"applicant_name": "欧阳修"})

    [kept] = await office.rows(
        "SELECT before::text, after::text FROM correction_answer WHERE application = :id",
        id=application["id"],
    )
    [filed] = await office.rows(
        "SELECT form::text FROM application WHERE id = :id", id=application["id"]
    )
    for text in (kept.before, kept.after, filed.form):
        assert "欧阳修" not in text and world.FORM["applicant_name"] not in text
    assert (await read(office, application, "licence"))["fields"]["applicant_name"] == "欧阳修"
    shown = await ada.get(f"/applications/{application['id']}")
    assert shown["form"]["applicant_name"] not in ("欧阳修", world.FORM["applicant_name"])


async def test_of_several_workers_only_the_one_meant_is_put_right(office: Office):
    code = new_code()
    boss = office.company(code)
    application = await office.filed(boss, "restaurant", credit_code=code)
    gap = Gap(field="workers", reason_code="misspelled")
    await office.hear(asked(application, "check-2", gap))
    right = {**WORKERS[1], "person_name": "赵二娘"}

    both = await answer(boss, application, "check-2", form={"workers": [WORKERS[0], right]})
    done = await answer(boss, application, "check-2", form={"workers": [right]})

    assert pointers(both) == ["/form/workers"]
    assert done.status_code == 200
    assert (await read(office, application, "check-2"))["fields"]["workers"] == [right]
    assert (await read(office, application, "check-1"))["fields"]["workers"] == [WORKERS[0]]
    told = await office.told(AMENDED, application=application["id"])
    assert [one["member"] for one in told] == ["check-2"], "check-1 reads another worker"


async def test_held_evidence_that_is_no_good_is_replaced(office: Office):
    ada = office.somebody()
    earlier = await office.filed(ada)
    await ada.put(f"/applications/{earlier['id']}/withdrawal")
    application = await at_both_desks(office, ada)
    assert application["materials"] == []
    await office.hear(asked(application, "fire", PLAN))
    upload = await office.upload(ada, world.PDF + b"% new")

    done = await answer(ada, application, "fire", materials={"floor-plan:owner": [upload]})

    assert done.status_code == 200, done.text
    for member in ("fire", "permit"):
        dossier = await read(office, application, member)
        plans = [one for one in dossier["evidence"] if one["evidence"] == "floor-plan"]
        assert [[file["upload"] for file in one["files"]] for one in plans] == [[upload]]


async def test_an_acceptance_and_a_correction_mean_the_same_in_both_orders(office: Office):
    seen = []
    for order in ((0, 1), (1, 0)):
        ada = office.somebody()
        application = await at_both_desks(office, ada)
        said = (accepted(application, "permit"), asked(application, "permit"))
        for one in order:
            await office.hear(said[one])
        view = await office.progress(ada, application)
        seen.append((states(view)["permit"], len(view["to_do"])))
    assert seen[0] == seen[1] == ("accepted", 1)


async def test_gaps_that_departments_tell_at_one_moment_are_one_notice(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    said = [letter(asked(application, member)) for member in ("permit", "fire")]
    for _ in range(2):
        await office.hear(*said)

    shown = (await ada.get("/notices"))["items"]
    [notice] = [one for one in shown if one["kind"] == "correction"]
    assert (notice["member"], set(notice["facts"]["members"])) == (None, {"permit", "fire"})
    assert notice["next"]["path"] == f"/api/applications/{application['id']}/corrections"
