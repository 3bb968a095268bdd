"""What a party holds is its own, serves only the thing it is about, and lies sealed on the disk."""

import asyncio
import hashlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from uuid import uuid4

import pytest

from services.bundle.wallet.uploads import sweep_once
from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests import world
from tests.bundle.office import Office, decided, issued, new_code
from tests.platform import Person
from tests.refusals import pointers, problem

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 60 + b"\xff\xd9"
ELSEWHERE = world.ANSWERS | {"premises": "滨江路 9 号"}


def folder(office: Office) -> Path:
    return Path(urlparse(office.app.state.settings.uploads_url).path) / "uploads"


async def sent(who: Person, content: bytes, **more: Any) -> Any:
    name, kind = more.pop("name", "plan.pdf"), more.pop("kind", "application/pdf")
    return await who("POST", "/uploads", files={"file": (name, content, kind)}, **more)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(world.PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")],
)
async def test_an_upload_is_what_its_content_says(office: Office, content: bytes, media_type: str):
    answer = await sent(office.somebody(), content, name="virus.exe", kind="text/html")

    assert answer.status_code == 201
    told = answer.json()
    assert (told["media_type"], told["size"]) == (media_type, len(content))
    assert told["digest"] == "sha256:" + hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00" + b"\x00" * 100,
        b"PK\x03\x04" + b"garbage" * 9,
        b"GIF89a" + b"\x00" * 20,
        b"\x00" * 64,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64,
        b"x" * (20 * 1024 * 1024 + 1),
    ],
    ids=lambda content: repr(content[:12]),
)
async def test_what_is_no_document_is_refused_whatever_it_calls_itself(
    office: Office, content: bytes
):
    before = len(list(folder(office).glob("*"))) if folder(office).exists() else 0

    answer = await sent(office.somebody(), content)

    assert problem(answer) == (422, "upload-refused")
    assert pointers(answer) == ["/file"]
    after = len(list(folder(office).glob("*"))) if folder(office).exists() else 0
    assert after == before


async def test_an_upload_sent_again_with_its_key_is_one_upload(office: Office):
    ada = office.somebody()

    answers = await asyncio.gather(*(sent(ada, world.PDF, key="same") for _ in range(8)))
    other = await sent(ada, world.PDF + b"%", key="same")

    assert {(one.status_code, one.json()["id"]) for one in answers} == {
        (201, answers[0].json()["id"])
    }
    assert problem(other) == (422, "key-reused")
    rows = await office.rows("SELECT id FROM upload WHERE account = :account", account=ada.sub)
    assert len(rows) == 1


async def test_the_bytes_on_the_disk_are_sealed(office: Office):
    mark = b"% distinctive bytes of one applicant's floor plan"

    upload = (await sent(office.somebody(), world.PDF + mark)).json()["id"]

    kept = (folder(office) / upload).read_bytes()
    assert mark not in kept
    assert world.PDF not in kept


async def test_an_object_without_a_row_is_swept_and_one_with_a_row_is_kept(office: Office):
    state = office.app.state
    kept = (await sent(office.somebody(), world.PDF)).json()["id"]
    orphan = uuid4()
    await state.files.put(orphan, b"left by a crash")

    assert await sweep_once(state.files, state.sessions, timedelta(hours=1)) == 0, "too young"
    removed = await sweep_once(state.files, state.sessions, timedelta(seconds=-5))

    assert removed >= 1
    assert not (folder(office) / str(orphan)).exists()
    assert (folder(office) / kept).exists()


async def test_evidence_of_one_place_never_serves_another(office: Office):
    ada = office.somebody()
    first = await office.filed(ada)
    await ada.put(f"/applications/{first['id']}/withdrawal")

    here = await office.planned(ada, "shop", world.ANSWERS)
    there = await office.planned(ada, "shop", ELSEWHERE)

    assert asked(here) == []
    assert [one["why"] for one in here["not_asked"] if one["evidence"] == "floor-plan"] == ["held"]
    assert asked(there) == ["floor-plan:owner"]


def asked(plan: Any) -> list[str]:
    return [one["key"] for one in plan["materials"]]


async def test_a_certificate_issued_for_one_place_serves_no_other(office: Office):
    """The permit for one restaurant is no permit for the same company's next one."""
    needs_permit = {
        "name": "延续",
        "region": "430700",
        "lead_department": "market",
        "audience": "person",
        "parties": [{"role": "owner", "kind": "person", "who": "applicant"}],
        "holder": "owner",
        "questions": [{"field": "premises", "text": "在哪里？"}],
        "members": [{"member": "renewal", "item": "permit-renewal", "holder": "owner"}],
    }
    await office.hear(renewal())
    await office.publish("renewing", needs_permit)
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(
        issued(application, "licence", "licence-fact"), issued(application, "permit", "shop-permit")
    )
    premises = {"premises": world.ANSWERS["premises"]}

    here = await office.planned(ada, "renewing", premises)
    there = await office.planned(ada, "renewing", {"premises": "滨江路 9 号"})
    bobs = await office.planned(office.somebody(), "renewing", premises)

    assert asked(here) == []
    assert asked(there) == asked(bobs) == ["shop-permit:owner"]


def renewal() -> Any:
    fields = {code: world.FIELDS[code] for code in ("premises", "permit_number", "shop_name")}
    record = {
        "name": "许可延续",
        "department": "health",
        "region": "430700",
        "promised": {"value": 1},
        "fields": [{"field": "premises"}],
        "requirements": [{"evidence": "shop-permit", "lowest_trust": "A"}],
    }
    return ItemPublished(
        code="permit-renewal",
        version=1,
        item=ItemRecord(code="permit-renewal", **record),
        fields=tuple(FieldRecord(code=code, **one) for code, one in fields.items()),
        evidence_types=(EvidenceTypeRecord(code="shop-permit", **world.EVIDENCE["shop-permit"]),),
    )


async def test_evidence_that_has_run_out_or_is_not_trusted_enough_is_asked_anew(office: Office):
    await office.hear(renewal())
    ada = office.somebody()
    application = await office.filed(ada)
    yesterday = date.today() - timedelta(days=2)
    await office.hear(
        issued(application, "licence", "licence-fact"),
        issued(application, "permit", "shop-permit", valid_until=yesterday),
    )
    premises = {"premises": world.ANSWERS["premises"]}
    ran_out = await office.planned(ada, "renewing", premises)
    in_wallet = [one["evidence"] for one in (await ada.get("/wallet"))["items"]]

    await office.rows(
        "UPDATE evidence SET valid_until = NULL, trust = 'B' WHERE party = :party"
        " AND evidence = 'shop-permit'",
        party=application["holder"],
    )
    too_weak = await office.planned(ada, "renewing", premises)
    await office.rows(
        "UPDATE evidence SET trust = 'A' WHERE party = :party AND evidence = 'shop-permit'",
        party=application["holder"],
    )
    good = await office.planned(ada, "renewing", premises)

    assert asked(ran_out) == asked(too_weak) == ["shop-permit:owner"]
    assert asked(good) == []
    assert "shop-permit" in in_wallet, "what has run out is still shown to whom it belongs"


async def test_a_wallet_is_its_owners_page_by_page(office: Office):
    ada, bob = office.somebody(), office.somebody()
    for n in range(3):
        await office.filed(ada, answers={"area": 20.0, "premises": f"人民路 {n} 号"})
    his = await office.filed(bob)
    holder = (await ada.get("/wallet"))["items"][0]["party"]

    first = await ada.get("/wallet?limit=2")
    rest = await ada.get(f"/wallet?limit=2&cursor={first['next']}")

    listed = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert listed == sorted(listed, reverse=True)
    assert len(set(listed)) == 3
    assert rest["next"] is None
    assert len((await ada.get(f"/wallet?holder={holder}"))["items"]) == 3
    assert (await ada.get(f"/wallet?holder={his['holder']}"))["items"] == []
    assert (await ada.get(f"/wallet?holder={uuid4()}"))["items"] == []


async def test_an_enterprises_wallet_is_shown_to_its_own_login_and_to_no_other(office: Office):
    code = new_code()
    boss = office.company(code)
    application = await office.filed(boss, "restaurant", credit_code=code)
    await office.hear(issued(application, "permit", "food-permit"))

    colleague, stranger = office.company(code), office.company(new_code())

    for who in (boss, colleague):
        held = {one["evidence"] for one in (await who.get("/wallet"))["items"]}
        assert held == {"lease", "food-permit"}
        narrowed = await who.get(f"/wallet?holder={application['holder']}")
        assert {one["evidence"] for one in narrowed["items"]} == held
    for who in (stranger, office.somebody()):
        assert (await who.get("/wallet"))["items"] == []


async def test_a_founder_sees_what_the_company_holds(office: Office):
    founder = office.somebody()
    application = await office.filed(founder, "founding")

    await office.hear(issued(application, "register", "business-licence"))

    [one] = (await founder.get("/wallet"))["items"]
    assert (one["evidence"], one["trust"]) == ("business-licence", "A")
    assert one["party"] == application["parties"]["company"]
    assert one["issuer_number"] and one["result_number"]


async def test_a_result_heard_again_is_held_once(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    one = issued(application, "licence", "licence-fact")

    await office.hear(decided(application, "licence"), one)
    await office.hear(one)
    await office.hear_at_once(one, one, one)

    held = [one["evidence"] for one in (await ada.get("/wallet"))["items"]]
    assert sorted(held) == ["floor-plan", "licence-fact"]


@pytest.mark.parametrize("role", ["officer", "partner", "bureau", "operator"])
async def test_desks_do_not_look_into_wallets(office: Office, role: str):
    somebody = office.person(role, "somebody", department="market")

    assert problem(await somebody("GET", "/wallet")) == (403, "excluded")
    assert (await office.client.get("/wallet")).status_code == 401
    if role in ("bureau", "operator"):
        assert problem(await sent(somebody, world.PDF)) == (403, "excluded")
