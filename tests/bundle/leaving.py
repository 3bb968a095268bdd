"""What the store leaves for later, and how it is handed in then."""

from typing import Any

from tests.bundle.office import Office

PHOTO = "photo:owner"


def material(plan: Any, evidence: str) -> Any:
    return next(one for one in plan["materials"] if one["evidence"] == evidence)


async def late(office: Office, who: Any, application: Any, *uploads: str) -> Any:
    path = f"/applications/{application['id']}/materials/{PHOTO}"
    return await who("PUT", path, json={"uploads": list(uploads) or [await office.upload(who)]})
