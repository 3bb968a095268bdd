"""A desk, and what it reads of the approvals that lie there."""

from typing import Any

from tests import world
from tests.bundle.office import Office, decided, of
from tests.platform import Person

FACT = {"shop_name": world.FORM["shop_name"]}
PLAN = b"% the floor plan of this very shop"


def desk(office: Office, application: Any, member: str) -> tuple[Person, str]:
    own = of(application, member)
    return office.officer(own["department"]), f"/dossiers/{own['approval']}"


async def read(office: Office, application: Any, member: str) -> Any:
    officer, path = desk(office, application, member)
    return await officer.get(path)


async def at_both_desks(office: Office, who: Person, **more: Any) -> Any:
    """A shop whose licence was issued: permit and fire lie at their desks."""
    application = await office.filed(who, **more)
    result = await office.issue(application, "licence", FACT, evidence="licence-fact")
    await office.hear(decided(application, "licence"), result)
    return application
