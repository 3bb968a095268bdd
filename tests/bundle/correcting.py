"""A department asks to put something right, and the applicant does."""

from datetime import UTC, datetime
from typing import Any

from services.contracts import CorrectionRequested, Gap
from tests import world
from tests.bundle.office import DIGEST, Office, of
from tests.platform import Person

NAME = Gap(field="shop_name", reason_code="differs")
PLAN = Gap(evidence="floor-plan", reason_code="illegible")
AMENDED = "bundle.dossier.amended"


def asked(application: Any, member: str, *gaps: Gap, **more: Any) -> CorrectionRequested:
    own = of(application, member)
    told: dict[str, Any] = {
        "approval": own["approval"],
        "application": application["id"],
        "member": member,
        "department": own["department"],
        "gaps": gaps or (NAME, PLAN),
        "explanation": DIGEST,
        "requested_at": datetime.now(UTC),
    }
    return CorrectionRequested(**told | more)


async def answer(who: Person, application: Any, member: str, **body: Any) -> Any:
    path = f"/applications/{application['id']}/corrections/{member}"
    return await who("PUT", path, json=body)


async def corrected(office: Office, who: Person, application: Any, member: str) -> str:
    """Both gaps are answered; answers the new upload."""
    upload = await office.upload(who, world.PDF + b"% legible")
    done = await answer(
        who,
        application,
        member,
        form={"shop_name": "明月小馆"},
        materials={"floor-plan:owner": [upload]},
    )
    assert done.status_code == 200, done.text
    return upload
