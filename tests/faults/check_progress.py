"""What authorities answered, what bundle made of it, and what the rules say must come of it."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.faults import oracle
from tests.faults.databases import Row
from tests.faults.findings import Case, Found, Violation
from tests.faults.history import OK, Operation
from tests.faults.oracle import EVERYTHING, Graph, Input, Standing, World

DECIDED = ("granted", "refused")


def check(case: Case) -> Iterator[Violation]:
    yield from _approvals(case.found)
    yield from _decisions(case.found)
    yield from _results(case.found)
    wishes = _wishes(case)
    for application, row in case.found.applications.items():
        yield from _ending(case.found, row, wishes.get(application, []))
        yield from _completed(case.found, row)


def _approvals(found: Found) -> Iterator[Violation]:
    """One approval per member that was asked, none besides; nothing is left open."""
    asked = {m["approval"]: m for m in found.rows("bundle", "member") if m["asked"]}
    for approval in sorted(asked.keys() - found.approvals.keys()):
        yield Violation("a request opens an approval", f"{approval} of {asked[approval]}: none")
    for approval in sorted(found.approvals.keys() - asked.keys()):
        yield Violation("a request opens an approval", f"{approval}: nobody asked for it")
    for approval, row in found.approvals.items():
        if row["state"] not in (*DECIDED, "cancelled"):
            yield Violation("every approval is finished", f"{approval} is {row['state']}: {row}")
        closed = asked.get(approval, {}).get("state") in ("withdrawn", "cancelled")
        if row["state"] == "cancelled" and not closed:
            text = f"{approval} is cancelled, its member is {asked.get(approval)}"
            yield Violation("only what is not wanted is cancelled", text)


def _decisions(found: Found) -> Iterator[Violation]:
    """approval's row = its event = what bundle wrote down."""
    told = Counter(
        (one.data["approval"], one.data["verdict"])
        for one in found.by_kind.get("approval.approval.decided", ())
    )
    stored = {(row["id"], row["state"]) for row in found.approvals.values()}
    stored = {one for one in stored if one[1] in DECIDED}
    for one in sorted(stored | told.keys()):
        if told[one] != (one in stored):
            text = f"{one}: told {told[one]} times, stored {int(one in stored)} times"
            yield Violation("a decision is told once", text)
    members = {row["approval"]: row for row in found.rows("bundle", "member")}
    for approval, verdict in sorted(stored):
        member = members.get(approval, {})
        if verdict not in (member.get("state"), member.get("late")):
            text = f"approval {approval} was {verdict}, its member says {member}"
            yield Violation("a decision reaches its own member", text)


def _results(found: Found) -> Iterator[Violation]:
    """A result is told once and lies in the wallet once."""
    told = Counter(
        (one.data["approval"], one.data["number"])
        for one in found.by_kind.get("approval.result.issued", ())
    )
    stored = {(row["approval"], row["number"]) for row in found.rows("approval", "result")}
    kept = Counter(
        (row["approval"], row["result_number"]) for row in found.rows("bundle", "evidence")
    )
    for one in sorted(stored | told.keys() | kept.keys()):
        counts = int(one in stored), told[one], kept[one]
        if counts != (1, 1, 1):
            text = f"{one}: stored {counts[0]}, told {counts[1]}, in the wallet {counts[2]} times"
            yield Violation("a result is told once and kept once", text)


def _wishes(case: Case) -> dict[str, list[Operation]]:
    """By application, the withdrawals and choices that were confirmed."""
    found: dict[str, list[Operation]] = {}
    for one in case.history.of_kind("withdrawal", "member-withdrawal", "choice"):
        if one.state == OK:
            found.setdefault(one.about["application"], []).append(one)
    return found


def _ending(found: Found, application: Row, wishes: list[Operation]) -> Iterator[Violation]:
    if application["outcome"] is None:
        yield Violation("every application is settled", _standings(found, application))
        return
    members = found.members[application["id"]]
    graph, seen = graph_of(json.loads(application["members"])), _seen(application, members)
    inputs = frozenset([*_answers(found, members), *map(_input, wishes)])
    try:
        explained, why = oracle.explained(graph, inputs, seen), "ends so"
    except oracle.Undecided as undecided:
        explained, why = False, str(undecided)
    if not explained:
        told = ", ".join(" ".join(one).strip() for one in sorted(inputs))
        text = f"{_standings(found, application)}: no order of ({told}) {why}; {graph}"
        yield Violation("an application ends as its answers say", text)


def _standings(found: Found, application: Row) -> str:
    members = ", ".join(
        f"{m['member']} {m['state']}{' issued' if m['issued'] else ''}"
        for m in found.members[application["id"]]
    )
    name = f"application {application['id']} of {application['bundle']}"
    return f"{name}, {application['outcome']} ({members})"


def graph_of(members: list[Row]) -> Graph:
    return Graph(
        {m["member"]: tuple((w["member"], w["state"]) for w in m["waits_for"]) for m in members},
        {m["member"]: m["on_refusal"] for m in members},
    )


def _seen(application: Row, members: list[Row]) -> World:
    return World(
        tuple(
            Standing(
                row["state"], row["issued"], row["asked"], row["late"] or "", row["choice"] or ""
            )
            for row in members
        ),
        application["withdrawn"],
        application["outcome"] or "",
    )


def _answers(found: Found, members: list[Row]) -> Iterator[Input]:
    for member in members:
        approval = found.approvals.get(member["approval"])
        if approval is None:
            continue
        if approval["accepted"]:
            yield Input("accepted", member["member"])
        if approval["state"] in DECIDED:
            yield Input("decided", member["member"], approval["state"])
        if approval["issued"]:
            yield Input("issued", member["member"])


def _input(wish: Operation) -> Input:
    if wish.kind == "choice":
        assert wish.body
        return Input("chosen", wish.about["member"], wish.body["choice"])
    return Input("withdrawn", wish.about.get("member", EVERYTHING))


def _completed(found: Found, application: Row) -> Iterator[Violation]:
    """Settled is told once, with the outcome that is stored, and noticed once by each account."""
    told = [
        one.data["outcome"]
        for one in found.by_kind.get("bundle.application.completed", ())
        if one.data["application"] == application["id"]
    ]
    if told != [one for one in (application["outcome"],) if one]:
        text = f"application {application['id']} is {application['outcome']}, told: {told}"
        yield Violation("an application is completed once", text)
    notices = Counter(
        (row["account"], row["kind"], row["member"])
        for row in found.rows("bundle", "notice")
        if row["application"] == application["id"]
    )
    again = {what: count for what, count in notices.items() if count > 1}
    done = any(what[1] == "completed" for what in notices)
    if again or done != bool(application["outcome"]):
        text = f"application {application['id']}: notices {dict(notices)}"
        yield Violation("an applicant is told once", text)
