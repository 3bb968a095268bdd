"""A filing in two round trips: the way of one applicant who files for themselves.

Step by step a filing takes eight statements in a transaction; this reads once and then writes
everything in one statement, which commits by itself: the Idempotency-Key, the applicant's party or
its turn, the application with its members, the events.  It never refuses: whatever it does not find
just as it should be (a used key, another plan, another filing at the same time, a lost connection)
it leaves to `filing.submit`, which does the same thing step by step and says what is wrong.  The
rules and the rows are the same in both.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uuid_utils.compat

from services.bundle.applications.filing import (
    ROW,
    ROWS,
    Filing,
    check_agreed,
    subjects_named,
)
from services.bundle.applications.open_filings import OPEN, same_things
from services.bundle.applications.opening import Checked, application_row, begin, member_rows
from services.bundle.applications.views import ApplicationView, whole
from services.bundle.composition.rules import (
    Plan,
    Published,
    check_filing,
    compose,
    day_of,
    enough_answers,
)
from services.bundle.composition.shelf import AT_HAND, Shelf
from services.bundle.notices.actions import Fact
from services.bundle.parties.actions import Cast, Claim, sealed, stated
from services.bundle.parties.sealing import Sealer
from services.bundle.wallet.actions import VALID, as_held
from services.chassis import envelope, telemetry
from services.chassis.database import packed, packed_row
from services.chassis.driver import FAILED
from services.chassis.errors import Refusal
from services.chassis.idempotency import canonical
from services.chassis.identity import Principal
from services.chassis.ticks import Clock

log = logging.getLogger(__name__)

READ = f"""
    SELECT b.*, p.id AS own, p.filings,
           EXISTS (SELECT FROM idempotency WHERE caller = $5 AND route = $6 AND key = $7) AS used,
           (SELECT jsonb_agg(o) FROM ({OPEN % ("ARRAY[p.id]", "$3")}) AS o) AS open,
           (SELECT jsonb_agg(h) FROM ({VALID % ("ARRAY[p.id]", "$4", "$2", "$2")}) AS h) AS held
    FROM ({AT_HAND}) AS b LEFT JOIN party p ON p.account = $5
"""
# The division by zero undoes all of it where the key was taken, or somebody else's filing for the
# same party came between: in one statement there is no other way to say "all or nothing".
WRITE = f"""
    WITH once AS (
        INSERT INTO idempotency (caller, route, key, fingerprint, status, headers, body)
        VALUES ($1, $2, $3, $4, 201, $5::text::jsonb, $6) ON CONFLICT DO NOTHING RETURNING 1
    ), first AS (
        INSERT INTO party (id, kind, account, name, number, number_index, filings)
        SELECT $7::uuid, $8, $1, $9, $10, $11, 1
        WHERE $12::int IS NULL AND EXISTS (SELECT FROM once) ON CONFLICT DO NOTHING RETURNING 1
    ), turn AS (
        UPDATE party SET filings = filings + 1
        WHERE id = $7 AND filings = $12 AND EXISTS (SELECT FROM once) RETURNING 1
    ), filed AS (
        INSERT INTO application ({ROW})
        SELECT {ROW} FROM jsonb_populate_record(NULL::application, $13::text::jsonb)
    ), selected AS (
        INSERT INTO member ({ROWS})
        SELECT {ROWS} FROM jsonb_populate_recordset(NULL::member, $14::text::jsonb)
    ), told AS (
        INSERT INTO outbox (event_id, aggregate, version, subject, payload)
        SELECT id, aggregate, version, subject, payload
        FROM unnest($15::text[], $16::text[], $17::int[], $18::text[], $19::text[])
             WITH ORDINALITY AS e (id, aggregate, version, subject, payload, place)
        ORDER BY place RETURNING pos, aggregate, subject
    ), waits AS (
        INSERT INTO outbox_waiting (pos, aggregate, subject)
        SELECT pos, aggregate, subject FROM told
    )
    SELECT 1 / ((SELECT count(*) FROM once)
                * ((SELECT count(*) FROM first) + (SELECT count(*) FROM turn)))
"""
Answer = tuple[dict[str, str], str]
"""Headers and body."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The request itself, which has its effect once; see chassis/idempotency.py."""

    route: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Drawn:
    """A filing that is good, as far as could be seen without waiting for anybody."""

    party: tuple[Any, ...]
    """Id, kind, name, number, index; the last three are sealed, and none where it is known."""
    row: dict[str, Any]
    members: list[dict[str, Any]]
    facts: list[Fact]
    view: ApplicationView


class Unusual(Exception):
    """Something that only the long way does."""


@dataclass(frozen=True, slots=True)
class Swift:
    """What a service files with.  `pool`: the driver's own; it exists while the service runs."""

    pool: "Callable[[], asyncpg.Pool[asyncpg.Record]]"
    shelf: Shelf
    sealer: Sealer
    clock: Clock

    async def file(
        self,
        who: Principal,
        filing: Filing,
        sent: Sent,
        told: Callable[[ApplicationView], dict[str, str]],
    ) -> Answer | None:
        """The answer, with the headers that `told` makes; or None: go the long way."""
        known = self.shelf.at_hand(filing.wish.bundle)
        if known is None or not _usual(who, filing) or not _for_oneself(known):
            return None
        now = self.clock()
        wanted = (known.bundle.code, day_of(now), list(known.items), list(known.needed))
        try:
            row = await self.pool().fetchrow(READ, *wanted, who.sub, sent.route, sent.key)
            if row is None or row["used"] or not self.shelf.in_force(known, row):
                return None
            drawn = self._drawn(who, filing, known, row, now)
            headers, body = told(drawn.view), drawn.view.model_dump_json()
            await self._write(who, drawn, row["filings"], sent, headers, body)
        except (Refusal, Unusual, asyncpg.DivisionByZeroError):
            return None
        except FAILED as error:
            log.warning("goes the long way", extra={"error": type(error).__name__})
            return None
        return headers, body

    def _drawn(
        self,
        who: Principal,
        filing: Filing,
        published: Published,
        known: Mapping[str, Any],
        now: datetime,
    ) -> Drawn:
        """Raises Refusal or Unusual."""
        agreed = self._agreed(filing, published, known, now)
        uploads = {key: [str(one) for one in given] for key, given in filing.materials.items()}
        form = check_filing(agreed, filing.form, uploads, filing.signed)
        application, party = uuid_utils.compat.uuid7(), known["own"]
        [role] = published.bundle.parties
        values: tuple[str | None, ...] = (None, None, None)
        if party is None:
            party = uuid_utils.compat.uuid7()
            values = sealed(party, role.kind, *stated(role, form), self.sealer)
        settled = {role.role: party}
        subjects = subjects_named(published, {**form, **agreed["answers"]}, self.sealer)
        if same_things(published, settled, subjects, known["open"] or ()):
            raise Unusual  # it turned out to be about what is open, or some of it is
        cast = Cast({role.role: known["own"]}, who.sub)
        checked = Checked(form, uploads, settled, subjects)
        row = application_row(application, who, published, cast, agreed, checked, self.sealer, now)
        members = member_rows(application, agreed, settled, None)
        facts = begin(row, members, agreed)
        view = whole(SimpleNamespace(**row), members, form)
        return Drawn((party, role.kind, *values), row, members, facts, view)

    def _agreed(
        self, filing: Filing, published: Published, known: Mapping[str, Any], now: datetime
    ) -> Plan:
        wish, [role] = filing.wish, published.bundle.parties
        answers = enough_answers(published, wish.answers)
        about = subjects_named(published, answers, self.sealer)
        held = [
            as_held(one, role.role, published, answers, self.sealer) for one in known["held"] or ()
        ]
        own: dict[str, UUID] = {role.role: known["own"]} if known["own"] else {}
        open_ = same_things(published, own, about, known["open"] or ())
        plan = compose(published, answers, held, open_, wish.commitments)
        check_agreed(plan, filing.plan, now)
        if any(member["instant"] for member in plan["members"]):
            raise Unusual
        return plan

    async def _write(
        self,
        who: Principal,
        drawn: Drawn,
        filings: int | None,
        sent: Sent,
        headers: dict[str, str],
        body: str,
    ) -> None:
        now = telemetry.correlation_id.get()
        told = [
            envelope.seal(event, version, known or now) for event, version, known in drawn.facts
        ]
        await self.pool().execute(
            WRITE,
            who.sub,
            sent.route,
            sent.key,
            canonical(sent.body),
            orjson.dumps(headers).decode(),
            body,
            *drawn.party,
            filings,
            packed_row(drawn.row),
            packed(drawn.members),
            [one.id for one in told],
            [one.aggregate for one in told],
            [one.version for one in told],
            [one.subject for one in told],
            [one.payload for one in told],
        )


def _usual(who: Principal, filing: Filing) -> bool:
    """Nothing to hand in, for nobody else, of no earlier result, at no particular point."""
    wish = filing.wish
    plain = wish.earlier is None and wish.claim == Claim()
    anywhere = filing.point is None and "clerk" not in who.roles
    return plain and anywhere and not any(filing.materials.values())


def _for_oneself(published: Published) -> bool:
    """Whether the applicant is the only party, and holds whatever it issues."""
    bundle = published.bundle
    return (
        len(bundle.parties) == 1
        and bundle.applicant == bundle.holder
        and all(member.repeat is None for member in bundle.members)
    )
