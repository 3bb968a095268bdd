"""Personal data leaves a filing by one way only: the dossier that a desk reads.

Distinctive numbers, names and a phone go through every flow and every error that a flow can end
in; then they are looked for wherever something was kept, told, logged, counted or answered.
"""

import base64
import json

import httpx

from deploy.local.postgres import Postgres
from tests.canary.birds import CANARIES, ID_NUMBER, NAME, Cage, disguises, sightings
from tests.served import Served


def test_a_canary_is_seen_in_every_disguise():
    for form in disguises(NAME):
        assert sightings(b"...." + form + b"....") or len(form) <= 9
    assert sightings(json.dumps({"x": ID_NUMBER}).encode()) == ["an ID number"]
    assert sightings(base64.b64encode(f"ab{ID_NUMBER}".encode())) == ["an ID number"]
    assert sightings(b"nothing to see") == []


async def test_the_dossier_is_where_the_canaries_are(flown: None, cage: Cage):
    """Else all the others prove nothing."""
    assert set(sightings(b"".join(cage.dossiers))) == set(CANARIES) - {"an ID number with a slip"}


async def test_no_answer_but_the_dossier_has_them(flown: None, cage: Cage):
    assert len(cage.answers) > 100
    kinds = {where[:3] for where, _ in cage.answers}
    assert {"200", "201", "401", "404", "409", "422", "500"} <= kinds
    assert {where: seen for where, body in cage.answers if (seen := sightings(body))} == {}


async def test_no_log_line_has_them(flown: None, cage: Cage):
    lines = cage.log.getvalue()
    levels = {json.loads(line)["level"] for line in lines.splitlines()}
    assert {"DEBUG", "INFO", "ERROR"} <= levels, "the worst was captured too"
    assert "fault" in lines, "and what PostgreSQL said of the broken rows"

    assert [line for line in lines.splitlines() if sightings(line.encode())] == []


def test_neither_postgresql_nor_nats_logs_them(flown: None, postgres: Postgres, town: Served):
    assert "fault" in postgres.log.read_text(errors="replace"), "it told of the broken rows"
    for log in (postgres.log, town.folder / "nats" / "nats.log"):
        assert sightings(log.read_bytes()) == []


async def test_no_table_has_them_in_clear(flown: None, town: Served):
    """Sealed columns are no exception: what is sealed cannot be read either."""
    seen, filled = {}, set()
    for service in town.databases:
        for table in await town.rows(
            service,
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
        ):
            name = table["table_name"]
            for row in await town.rows(service, f'SELECT t::text FROM "{name}" t'):
                filled.add((service, name))
                if found := sightings(row[0].encode()):
                    seen[(service, name)] = found
    assert seen == {}
    for name in ("application", "party", "outbox", "inbox", "idempotency", "result_content"):
        assert ("bundle", name) in filled
    for name in ("disclosure", "evidence_file", "mandate", "notice"):
        assert ("bundle", name) in filled
    for name in ("explanation", "correction_answer"):
        assert ("bundle", name) in filled


async def test_no_event_in_any_stream_has_them_but_what_a_partner_itself_said(
    flown: None, town: Served
):
    messages = 0
    for stream in ("CATALOG", "BUNDLE", "APPROVAL", "METRICS", "PARTNER_fire", "PARTNER_health"):
        state = (await town.js.stream_info(stream)).state
        messages += state.messages
        for place in range(state.first_seq, state.last_seq + 1):
            if not state.messages:
                break
            one = await town.js.get_msg(stream, place)
            assert sightings((one.data or b"") + str(one.headers).encode()) == [], one.subject
    assert messages > 50


async def test_no_metric_has_them(flown: None, town: Served):
    figures = (await town.person("bureau", "li")("GET", "/indicators")).content
    assert sightings(figures) == []
    async with httpx.AsyncClient(trust_env=False) as client:
        for server in town.servers.values():
            exposed = (await client.get(f"{server.url}/metrics")).content
            assert b"http_request_seconds" in exposed
            assert sightings(exposed) == []


async def test_the_folder_of_uploads_has_no_plaintext(flown: None, town: Served):
    files = [one for one in (town.folder / "uploads").rglob("*") if one.is_file()]
    assert len(files) >= 3
    for one in files:
        kept = one.read_bytes()
        assert sightings(kept + str(one).encode()) == []
        assert b"%PDF" not in kept


async def test_nothing_was_set_aside_on_the_way(flown: None, town: Served):
    """All mistakes were answered; a parked event would keep its payload."""
    assert (await town.person("operator", "op").get("/operations/parked"))["items"] == []
