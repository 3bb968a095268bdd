"""Every `ok` exists once, every `failed` not at all; asked again, the answer is the same."""

from collections.abc import Iterable, Iterator

from tests.faults.databases import Effects
from tests.faults.findings import Case, Doubt, Violation, grouped
from tests.faults.history import FAILED, OK, Operation

KEYED = ("upload", "filing", "decision", "result")
# How an operation may be turned down: it came too late, or somebody else was first.
TURNED_DOWN = {
    "decision": {"already-decided", "approval-cancelled"},
    "withdrawal": {"already-settled"},
    "member-withdrawal": {"already-settled", "member-decided"},
    "choice": {"already-settled", "nothing-to-choose", "choice-made"},
}


def effects_of(operation: Operation, effects: Effects) -> int:
    """How often it happened, counted in the rows that it makes."""
    if operation.kind == "upload":
        return effects.uploads[operation.by]
    if operation.kind == "filing":
        return len(effects.applications.get(operation.by, ()))
    if operation.kind == "decision":
        return len(effects.decided.get(operation.by, ()))
    return effects.issued[operation.about["approval"]]


def doubts(operations: Iterable[Operation], effects: Effects) -> dict[str, Doubt]:
    """What those that nobody knows the end of have done so far."""
    return {
        one.key: Doubt(effects_of(one, effects), effects.answers.get(one.key))
        for one in operations
        if one.left and one.kind in KEYED
    }


def check(case: Case) -> Iterator[Violation]:
    for operation in case.history.operations:
        if operation.open:
            yield Violation("every question is answered", f"{operation}: never answered")
        yield from _answers(operation)
        if operation.kind in KEYED:
            yield from _once(operation, case)
        if operation.key in case.doubts:
            yield from _doubt(operation, case.doubts[operation.key])
    yield from _one_decision(case)
    yield from _wishes(case)


def _answers(operation: Operation) -> Iterator[Violation]:
    told = [one for one in operation.answers if one.state == OK]
    if operation.state == FAILED:
        allowed = TURNED_DOWN.get(operation.kind, set())
        last = operation.answers[-1]
        if last.slug not in allowed:
            text = f"{operation}: turned down with {last.status} {last.text[:300]}"
            yield Violation("refusals have a reason", text)
        if told:
            text = f"{operation}: first ok, then {last.status} {last.slug}"
            yield Violation("an answer stays the same", text)
    if operation.kind in KEYED:
        for again in told[1:]:
            if (again.status, again.text) != (told[0].status, told[0].text):
                text = f"{operation}: first {told[0].text[:400]}, then {again.text[:400]}"
                yield Violation("an answer stays the same", text)
            if not again.replayed:
                text = f"{operation}: done again instead of answered from what is stored"
                yield Violation("an answer stays the same", text)


def _once(operation: Operation, case: Case) -> Iterator[Violation]:
    effects, ok = case.found.effects, operation.first_ok
    count, wanted = effects_of(operation, effects), int(ok is not None)
    if operation.kind == "result" and not ok:
        count = int(operation.key in effects.answers)
    if count != wanted:
        promise = "every ok exists exactly once" if ok else "a failed operation did nothing"
        yield Violation(promise, f"{operation}: happened {count} times, expected {wanted}")
    if ok is None:
        return
    if effects.answers.get(operation.key) != (ok.status, ok.text):
        stored = effects.answers.get(operation.key)
        text = f"{operation}: answered {ok.text[:300]}, stored {stored}"
        yield Violation("the answer is the stored one", text)
    if operation.kind == "filing" and [ok.json()["id"]] != effects.applications.get(operation.by):
        text = f"{operation}: answered {ok.json()['id']}, stored another"
        yield Violation("every ok exists exactly once", text)
    if operation.kind == "decision":
        yield from _as_decided(operation, case)


def _as_decided(operation: Operation, case: Case) -> Iterator[Violation]:
    approval = case.found.approvals.get(operation.about["approval"])
    state = approval and approval["state"]
    if state != operation.about["verdict"]:
        text = f"{operation}: was told ok, the approval is {state}"
        yield Violation("every ok exists exactly once", text)


def _doubt(operation: Operation, before: Doubt) -> Iterator[Violation]:
    if before.effects not in (0, 1):
        text = f"{operation}: happened {before.effects} times before it was asked again"
        yield Violation("every unknown happened once or not at all", text)
    if operation.kind != "result" and bool(before.stored) != (before.effects == 1):
        text = f"{operation}: {before.effects} effects, but stored as answer: {before.stored}"
        yield Violation("every unknown happened once or not at all", text)
    ok = operation.first_ok
    if before.stored and (ok is None or (ok.status, ok.text) != before.stored):
        told = ok and ok.text[:300]
        text = f"{operation}: stored {before.stored}, the retry was told {told}"
        yield Violation("a retry gets the stored answer", text)


def _one_decision(case: Case) -> Iterator[Violation]:
    decisions = grouped(case.history.of_kind("decision"), lambda one: one.about["approval"])
    for approval, operations in decisions.items():
        ok = [str(one) for one in operations if one.first_ok]
        row = case.found.approvals.get(approval)
        decided = row is not None and row["state"] in ("granted", "refused")
        if len(ok) != decided:
            text = f"approval {approval}: {len(ok)} officers were told ok: {ok}; it is {row}"
            yield Violation("an approval is decided once", text)


def _wishes(case: Case) -> Iterator[Violation]:
    """Withdrawals and choices have no key: what counts is what the application says."""
    members = {
        (row["application"], row["member"]): row for row in case.found.rows("bundle", "member")
    }
    for one in case.history.of_kind("withdrawal", "member-withdrawal", "choice"):
        application = case.found.applications.get(one.about["application"])
        member = members.get((one.about["application"], one.about.get("member", "")))
        done = bool(application) and _happened(one, application or {}, member or {})
        if done != (one.state == OK):
            text = f"{one}: told {one.state}, but {member or application}"
            yield Violation("wishes are done when they are said to be", text)


def _happened(one: Operation, application: dict[str, object], member: dict[str, object]) -> bool:
    if one.kind == "withdrawal":
        return bool(application["withdrawn"])
    if one.kind == "choice":
        return one.body is not None and member.get("choice") == one.body["choice"]
    return member.get("state") == "withdrawn" and (one.state == OK or not application["withdrawn"])
