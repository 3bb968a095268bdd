"""A certificate on the screen and on paper, and the code that lets anybody verify it."""

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import async_playwright

from services.bundle.certificates.actions import Certificate, Line
from services.bundle.certificates.pages import page, pdf, verification
from services.bundle.certificates.seals import NoSealService
from tests import world
from tests.platform import Person, Platform, eventually, platform

MARK = NoSealService().mark("health")
URL = "https://onevisit.example/"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        yield made


async def held(town: Platform, ada: Person) -> Any:
    """The licence, as soon as it is in ada's wallet."""
    application = await town.file(ada)
    await town.decide(await town.approval(application["id"], "licence", "market"))

    async def licence() -> Any:
        found = (await ada.get("/wallet"))["items"]
        return next((one for one in found if one["evidence"] == "licence-fact"), None)

    return await eventually(licence)


async def test_its_holder_reads_it_and_anybody_verifies_it(town: Platform):
    ada = town.citizen()
    licence = await held(town, ada)

    answer = await ada("GET", f"/wallet/{licence['id']}/certificate")

    assert answer.headers["content-type"].startswith("text/html")
    assert "清风小馆" in answer.text
    assert "市场监管局" in answer.text, "people read names, not codes"
    link = re.search(r'href="([^"]+)"', answer.text)
    assert link is not None
    url = urlsplit(link[1].replace("&amp;", "&"))
    number = url.path.split("/")[-2]
    assert number == licence["result_number"]
    told = await town.person("citizen", "anybody").get(
        f"/results/{number}/verification", params=parse_qs(url.query)
    )
    assert (told["standing"], told["digest"]) == ("valid", licence["digest"])
    assert "清风小馆" not in str(told)


async def test_a_pdf_of_it_can_be_printed(town: Platform):
    ada = town.citizen()
    licence = await held(town, ada)

    answer = await ada("GET", f"/wallet/{licence['id']}/certificate.pdf")

    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"


async def test_opening_it_delivers_it_and_all_three_acts_have_their_times(town: Platform):
    ada = town.citizen()
    licence = await held(town, ada)
    approval = await town.officer("market").get("/approvals")
    [before] = [one for one in approval["items"] if one["item"] == "licence-check"]
    assert before["issued_at"] and before["delivered_at"] is None

    await ada("GET", f"/wallet/{licence['id']}/certificate")

    async def delivered() -> Any:
        found = (await ada.get("/wallet"))["items"]
        return next(one for one in found if one["id"] == licence["id"])["delivered_at"]

    at = await eventually(delivered)
    seen = await town.officer("market").get(f"/approvals/{before['id']}/delivery")
    assert (seen["way"], seen["by"], seen["delivered_at"]) == ("electronic", "holder", at)


async def test_nobody_else_opens_it_and_an_upload_is_none(town: Platform):
    ada = town.citizen()
    licence = await held(town, ada)
    plan = next(
        one for one in (await ada.get("/wallet"))["items"] if one["evidence"] == "floor-plan"
    )

    stranger = await town.person("citizen", "stranger")(
        "GET", f"/wallet/{licence['id']}/certificate"
    )
    upload = await ada("GET", f"/wallet/{plan['id']}/certificate")

    assert (stranger.status_code, upload.status_code) == (404, 404)


def certificate(**more: Any) -> Certificate:
    whole: dict[str, Any] = {
        "title": "卫生许可证",
        "title_en": "Hygiene permit",
        "item": "公共场所卫生许可",
        "sealed_by": "health",
        "authority": "卫生健康局",
        "number": "OV20261124-0000000000001",
        "issuer_number": "卫公证字〔2026〕第1号",
        "code": "MFRGGZDFMZTW",
        "digest": "sha256:" + "0" * 64,
        "valid_from": "2026-11-24",
        "valid_until": None,
        "ended_as": None,
        "lines": (Line("名称", "Name", "清风旅馆"),),
    }
    return Certificate(**whole | more)


def test_what_somebody_typed_is_text_on_the_page_and_nothing_else():
    evil = '<script>alert("x")</script>&'
    shown = page(certificate(lines=(Line(evil, evil, evil),), title=evil), MARK, URL)

    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") >= 4
    assert pdf(certificate(lines=(Line(evil, evil, evil),), title=evil), MARK, URL)


def test_a_page_without_a_seal_says_so():
    assert "演示文件，未加盖电子印章" in page(certificate(), MARK, URL)


@pytest.mark.parametrize("kind", ["withdrawn_by_authority", "revoked", "deregistered"])
def test_an_ended_certificate_says_so_in_place_of_its_seal(kind: str):
    shown = page(certificate(ended_as=kind), MARK, URL)

    assert "本证照已" in shown
    assert MARK.zh not in shown


def test_the_code_leads_to_the_public_door():
    assert verification(certificate(), URL) == (
        "https://onevisit.example/api/results/OV20261124-0000000000001/verification"
        "?code=MFRGGZDFMZTW"
    )


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_the_page_fetches_nothing_and_fits_its_paper(tmp_path: Path):
    file = tmp_path / "certificate.html"
    file.write_text(page(certificate(), MARK, URL))
    asked: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = await browser.new_page(viewport={"width": 400, "height": 800})
        tab.on("request", lambda request: asked.append(request.url))
        await tab.goto(file.as_uri())
        assert await tab.locator("svg").count() == 1
        wide = await tab.evaluate("document.documentElement.scrollWidth")
        await browser.close()

    assert asked == [file.as_uri()]
    assert wide <= 400


async def test_a_replacement_is_issued_at_once_and_the_earlier_one_says_so(town: Platform):
    ada = town.citizen()
    old = await held(town, ada)
    await town.person("bureau", "li").put(
        "/items/licence-check",
        world.ITEMS["licence-check"] | {"later_filings": [{"kind": "replacement"}]},
    )
    path = f"/wallet/results/{old['result_number']}/compositions"

    async def offered() -> Any:
        answer = await ada("POST", path, json={"kind": "replacement"})
        return answer.json() if answer.is_success else None

    plan = await eventually(offered)
    replaces = {"number": old["result_number"], "kind": "replacement"}
    filing = {"replaces": replaces, "plan": plan["digest"], "form": {}}
    await ada.post("/applications", filing)

    async def new() -> Any:
        found = (await ada.get("/wallet"))["items"]
        same = [one for one in found if one["evidence"] == old["evidence"]]
        return next((one for one in same if one["id"] != old["id"]), None)

    made = await eventually(new)
    assert made["digest"] == old["digest"]
    pages = [await ada("GET", f"/wallet/{one['id']}/certificate") for one in (old, made)]
    assert ["已补发新证" in page.text for page in pages] == [True, False]
    link = re.search(r'href="([^"]+)"', pages[0].text)
    assert link is not None
    code = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
    told = await town.person("citizen", "anybody").get(
        f"/results/{old['result_number']}/verification", params=code
    )
    assert (told["standing"], told["replaced_as"]) == ("replaced", "replacement")
    assert made["result_number"] not in str(told)


async def test_a_desk_reads_what_it_is_to_change(town: Platform):
    ada = town.citizen()
    change = {"kind": "change", "fields": ["applicant_name"]}
    old = await held(town, ada)
    await town.person("bureau", "li").put(
        "/items/licence-check", world.ITEMS["licence-check"] | {"later_filings": [change]}
    )
    path = f"/wallet/results/{old['result_number']}/compositions"

    async def offered() -> Any:
        answer = await ada("POST", path, json={"kind": "change"})
        return answer.json() if answer.is_success else None

    plan = await eventually(offered)
    about = {"number": old["result_number"], "kind": "change"}
    form = {"applicant_name": "张三"}
    application = await ada.post(
        "/applications", {"replaces": about, "plan": plan["digest"], "form": form}
    )
    desk = town.officer("market")
    approval = await town.approval(application["id"], "change", "market")
    dossier = await desk.get(f"/dossiers/{approval['id']}")

    assert dossier["fields"] == form
    assert dossier["replaces"]["content"] == {"shop_name": "清风小馆"}
    assert (dossier["replaces"]["kind"], dossier["evidence"]) == ("change", [])
