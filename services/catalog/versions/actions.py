"""What the bureau's editors do with versions that are not in force yet."""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.actions import check_items, put_item
from services.catalog.records.publishing import take_turns, whole
from services.catalog.records.rules import RecordFaulty, check_not_retired, code_word_flaws
from services.catalog.records.tables import Item, ItemScheduled, ItemVersion
from services.catalog.versions import rules
from services.catalog.versions.tables import EDITS, ItemDraft
from services.chassis.reading import check_match, etag


async def put_draft(
    tx: AsyncSession, code: str, record: dict[str, Any], if_match: str | None
) -> ItemDraft:
    """Begin a draft or change it; the same record again changes nothing.

    A draft may contradict itself: what is wrong with it is told when it is to be published.  Only
    its code cannot be mended then.
    """
    if reserved := code_word_flaws(code):
        raise RecordFaulty(errors=reserved)
    new = insert(ItemDraft).values(code=code, version=EDITS.next_value(), record=record)
    made = (await tx.execute(new.on_conflict_do_nothing().returning(ItemDraft.code))).first()
    draft = await tx.get_one(ItemDraft, code, with_for_update=True)
    if made:
        check_match(if_match, 0)
        return draft
    if if_match is None and draft.record == record:
        return draft
    rules.check_draft(if_match, draft.version, etag(draft.version))

    if draft.record != record:
        draft.record, draft.version = record, await tx.scalar(EDITS.next_value())
        await tx.flush()
    return draft


async def discard_draft(tx: AsyncSession, code: str, if_match: str | None) -> None:
    """A draft that is gone already is discarded as well: sent again, the request succeeds."""
    draft = await tx.get(ItemDraft, code, with_for_update=True)
    if draft is not None:
        check_match(if_match, draft.version)
        await tx.delete(draft)


async def publish_draft(
    tx: AsyncSession, code: str, day: date, today: date, if_match: str | None
) -> None:
    """Let the draft come into force on `day`: today at once, later by itself.

    The draft is gone then.  The same request again finds what it did, and changes nothing.
    """
    await take_turns(tx)
    draft = await tx.get(ItemDraft, code, with_for_update=True)
    if draft is None:
        if not await _published(tx, code, day):
            raise rules.DraftUnknown()
        return
    if if_match is not None:
        rules.check_draft(if_match, draft.version, etag(draft.version))
    rules.check_day(day, today)
    retired_from = await tx.scalar(select(Item.retired_from).where(Item.code == code))
    check_not_retired(code, retired_from, day)

    if day == today:
        await put_item(tx, code, draft.record, None, today)
    else:
        record = whole(draft.record)
        await check_items(tx, {code: record}, day)
        await _schedule(tx, code, day, record)
    await tx.delete(draft)


async def _published(tx: AsyncSession, code: str, day: date) -> bool:
    waiting = await tx.get(ItemScheduled, (code, day))
    if waiting is not None and waiting.record is not None:
        return True
    came = select(ItemVersion.version).where(
        ItemVersion.code == code, ItemVersion.in_force_from == day
    )
    return await tx.scalar(came.limit(1)) is not None


async def _schedule(tx: AsyncSession, code: str, day: date, record: dict[str, Any]) -> None:
    new = insert(ItemScheduled).values(code=code, in_force_from=day, record=record)
    upon_changes = new.on_conflict_do_update(
        index_elements=["code", "in_force_from"],
        set_={"record": new.excluded.record},
        where=ItemScheduled.record.is_(None),
    )
    made = await tx.execute(upon_changes.returning(ItemScheduled.code))
    if not made.first():
        zh, en = "请先撤回那一版本，再行发布。", "Take that version back first, then publish."
        raise rules.DayTaken(zh, en)


async def take_back(tx: AsyncSession, code: str, day: date, today: date) -> ItemDraft:
    """A version that waits for its day becomes a draft again.  Once its day has come it is in
    force, whether it was moved over yet or not."""
    await take_turns(tx)
    waiting = await tx.get(ItemScheduled, (code, day), with_for_update=True)
    if waiting is None or day <= today:
        raise rules.NotScheduled()
    if waiting.record is None or waiting.of_retirement:
        zh, en = "请撤回相应的退出决定。", "Take that retirement back."
        raise rules.OfRetirement(zh, en)
    draft = ItemDraft(code=code, version=await tx.scalar(EDITS.next_value()), record=waiting.record)
    new = insert(ItemDraft).values(code=code, version=draft.version, record=draft.record)
    made = await tx.execute(new.on_conflict_do_nothing().returning(ItemDraft.code))
    if not made.first():
        zh, en = "请先发布或删除它。", "Publish or discard that one first."
        raise rules.DraftExists(zh, en)
    if waiting.changes:  # what retirements change on that day they change all the same
        waiting.record = None
    else:
        await tx.delete(waiting)
    return draft
