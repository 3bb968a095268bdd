"""outbox = stream = inbox: every event that was recorded travelled once and arrived once."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.findings import Case, Found, Violation, grouped, twice

SERVICES = ("catalog", "bundle", "approval", "metrics")
EXPECTED_CONSUMERS = {
    "catalog-on-BUNDLE",
    "bundle-on-CATALOG",
    "bundle-on-APPROVAL",
    "approval-on-BUNDLE",
    "metrics-on-BUNDLE",
    "metrics-on-APPROVAL",
}


def check(case: Case) -> Iterator[Violation]:
    yield from _outbox_is_stream(case.found)
    yield from _stream_is_inbox(case.found)
    yield from _order(case.found)
    yield from _parked(case.found)
    yield from _partners(case.found)


def _outbox_is_stream(found: Found) -> Iterator[Violation]:
    outbox = {row["event_id"]: (s, row) for s in SERVICES for row in found.rows(s, "outbox")}
    ours = [one for one in found.streams.messages if not one.stream.startswith("INBOX_")]
    there = Counter(one.id for one in ours)
    for event, (service, row) in outbox.items():
        name = f"{row['subject']} {event} of {row['aggregate']} (outbox of {service})"
        if not row["published"] or row["stuck"]:
            yield Violation("every event is published", f"{name}: {row['stuck'] or 'waits'}")
        elif not there[event]:
            yield Violation("every event is in its stream", f"{name}: marked, and not there")
    for event in sorted(there.keys() - outbox.keys()):
        yield Violation("every event has an outbox row", f"{event} is in a stream only")
    for event, count in twice(one.id for one in ours).items():
        yield Violation("every event is in its stream once", f"{event}: {count} times")
    for one in ours:
        row = outbox.get(one.id, ("", {}))[1]
        if one.nats_id != one.id or row.get("subject", one.subject) != one.subject:
            text = f"{one.stream} {one.place}: {one.subject}, {one.nats_id}, recorded as {row}"
            yield Violation("an event travels under its own name", text)


def _stream_is_inbox(found: Found) -> Iterator[Violation]:
    """Each durable consumer handled what its stream holds for it, each event once."""
    known = {one.name for one in found.streams.consumers}
    for missing in sorted(EXPECTED_CONSUMERS - known):
        yield Violation("every service listens", f"there is no consumer {missing}")
    inbox = grouped(
        (row for service in SERVICES for row in found.rows(service, "inbox")),
        lambda row: row["consumer"],
    )
    for consumer in found.streams.consumers:
        if "-on-" not in consumer.name:
            continue  # a partner's own; what it was told shows in its answers
        heard = {one.id: one for one in found.streams.messages if consumer.hears(one)}
        handled = {row["event_id"] for row in inbox.get(consumer.name, ())}
        for event in sorted(heard.keys() - handled):
            text = f"{consumer.name}: {heard[event].subject} {event} has no inbox row"
            yield Violation("every event is handled", text)
        for event in sorted(handled - heard.keys()):
            text = f"{consumer.name}: inbox row for {event}, which its stream does not hold"
            yield Violation("only what was told is handled", text)


def _order(found: Found) -> Iterator[Violation]:
    """In each stream an aggregate's events stand in the order in which they were recorded."""
    recorded = {
        row["event_id"]: (row["aggregate"], row["version"], row["pos"])
        for service in SERVICES
        for row in found.rows(service, "outbox")
    }
    known = [one for one in found.streams.messages if one.id in recorded]
    for key, messages in grouped(known, lambda one: (one.stream, recorded[one.id][0])).items():
        messages.sort(key=lambda one: one.place)
        versions = [recorded[one.id][1] for one in messages]
        positions = [recorded[one.id][2] for one in messages]
        if versions != sorted(versions) or positions != sorted(positions):
            text = f"{key}: versions {versions}, outbox positions {positions}"
            yield Violation("an aggregate's events keep their order", text)


def _parked(found: Found) -> Iterator[Violation]:
    for service in SERVICES:
        for row in found.rows(service, "parked"):
            yield Violation("nothing is parked", f"{service}: {row}")


def _partners(found: Found) -> Iterator[Violation]:
    """What a partner said is kept, answered once, and decided as it said; nothing is overheard."""
    said = {one.id: one for one in found.streams.messages if one.stream.startswith("INBOX_")}
    for department, lines in found.journals.items():
        for line in lines:
            if line["id"] not in said:
                text = f"{department} wrote down {line['id']} for {line['approval']}: not kept"
                yield Violation("no partner's answer is lost", text)
    for message, count in twice(
        one.id for one in found.streams.messages if one.stream.startswith("INBOX_")
    ).items():
        yield Violation("a partner's answer is kept once", f"{message}: {count} times")
    told = grouped(
        (one for one in found.streams.messages if one.kind.startswith("partner.answer.")),
        lambda one: one.data["message"],
    )
    for message, one in said.items():
        answers = [answer.kind.rpartition(".")[2] for answer in told.get(message, ())]
        approval = found.approvals.get(one.data["approval"], {})
        decided = (approval.get("state"), approval.get("decided_by"))
        by = f"system:{one.stream.removeprefix('INBOX_')}"
        wanted = ["accepted"] if decided == (one.data.get("verdict"), by) else ["refused"]
        if answers != wanted or (wanted == ["refused"] and decided[0] != "cancelled"):
            text = f"{one.stream} {message} about {one.data['approval']}: answered {answers}, "
            text += f"the approval is {decided}, the message said {one.data.get('verdict')}"
            yield Violation("a partner is answered once, and truly", text)
    yield from _unanswered(found)


def _unanswered(found: Found) -> Iterator[Violation]:
    for one in found.by_kind.get("partner.approval.opened", ()):
        approval = found.approvals.get(one.data["approval"], {})
        if approval.get("state") not in ("granted", "refused", "cancelled"):
            text = f"{one.stream}: approval {one.data['approval']} was told, it is {approval}"
            yield Violation("no partner's answer is lost", text)
