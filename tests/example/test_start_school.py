"""教育入学: a guardian files for a child that nobody here knows yet."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests import county
from tests.alone import Alone
from tests.example.served import KINDS, serving

SETTLED = {
    "household_in_district": True,
    "has_residence_permit": False,
    "home_kind": "owned",
    "lease_recorded": False,
}
FORM = {
    "applicant_name": "李明",
    "applicant_id_number": county.id_number(31),
    "applicant_phone": "13800138000",
    "applicant_address": "人民路 1 号",
    "pupil_name": "李小明",
    "pupil_id_number": county.id_number(32),
    "pupil_birth_date": "2020-03-01",
    "vaccination_clinic": "城东社区卫生服务中心",
    "school_name": "第一小学",
}
PAGE = "child-register-page:pupil"


@pytest.fixture(scope="module")
async def school(postgres, templates, signer, tmp_path_factory) -> AsyncIterator[Alone]:
    folder = tmp_path_factory.mktemp("uploads")
    async with serving(postgres, signer, folder, "start-school") as made:
        yield made


async def test_a_guardian_files_and_the_desk_sees_the_page_before_it_issues(school: Alone):
    parent = school.citizen("li-ming")
    body = {"answers": SETTLED}
    plan = await parent.post("/bundles/start-school/compositions", json=body)
    [page] = [one for one in plan["materials"] if one["key"] == PAGE]
    assert page["lowest_trust"] == "B" and page["original"], "where the original is looked at"

    known: dict[str, Any] = FORM | SETTLED
    application = await parent.post(
        "/applications",
        json={
            "bundle": "start-school",
            "plan": plan["digest"],
            "answers": SETTLED,
            "form": {one["field"]: known[one["field"]] for one in plan["form"]},
            "materials": {one["key"]: [await school.upload(parent)] for one in plan["materials"]},
        },
    )

    assert {one["member"] for one in application["members"]} == {"vaccination", "enrolment"}
    own = next(one for one in application["members"] if one["member"] == "vaccination")
    desk, dossier = school.officer(own["department"]), f"/dossiers/{own['approval']}"
    read = await desk.get(dossier)
    assert read["relation"]["proven"] is False
    content = {code: "无" for code in _content(read["issues"])}
    early = await desk("PUT", f"{dossier}/result", json={"content": content})
    assert early.json()["type"] == "/problems/relation-unchecked"
    await desk.put(f"{dossier}/originals/{PAGE}")
    assert (await desk.get(dossier))["relation"]["proven"] is True


def _content(evidence: str) -> list[str]:
    return list(KINDS[evidence].get("content", ()))
