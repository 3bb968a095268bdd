"""What a partner department's own system says of extensions."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.partners import Said, account
from services.approval.extensions import actions
from services.approval.extensions.actions import Wish
from services.contracts import Event, ExtensionStated


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def request(tx: AsyncSession, department: str, said: ExtensionStated) -> None:
        wish = Wish(Length.of(said.length.model_dump()), said.reason_code, said.explanation)
        await actions.request(tx, time, said.approval, department, wish, account(department))

    return {ExtensionStated: request}
