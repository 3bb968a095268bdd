"""How long composing takes: 30 members, 200 fields, 150 requirements, beside its own floor.

    python -m tests.bench.composition

Pure computation, so the figure is processor time of this process: a busy machine stretches the
clock on the wall more than this.  The floor is what no composition can do without: judging each
condition once, and the digest of the plan.  Status 1 if the median is above what was promised.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from rich.table import Table

from services.bundle.composition.rules import (
    Bundle,
    Held,
    ItemVersion,
    Published,
    compose,
    digest,
    publish,
)
from services.bundle.composition.rules.guiding import open_questions
from tests.bench import report

MEMBERS, FIELDS, QUESTIONS = 30, 200, 12
MOST = 5.0
"""Milliseconds at the median that composing may take."""
ROUNDS = 200
Json = dict[str, Any]


def sample() -> tuple[Published, Json, tuple[Held, ...]]:
    """A bundle of that size: chains, shared papers, conditions on questions, a wallet half full."""
    questions = [f"q_{n}" for n in range(QUESTIONS)]
    fields = [
        {"code": code, "name": code, "type": "boolean" if n % 2 else "number"}
        for n, code in enumerate(questions)
    ]
    plain = [f"field_{n}" for n in range(FIELDS - QUESTIONS)]
    fields += [{"code": code, "name": f"字段 {code}", "type": "text"} for code in plain]
    types = [
        {"code": code, "name": f"材料 {code}", "holder_kind": "person"}
        for code in [f"result-{n}" for n in range(MEMBERS)] + [f"paper-{n}" for n in range(60)]
    ]
    items = {f"item-{n}": _item(n, questions, plain) for n in range(MEMBERS)}
    versions = {
        code: ItemVersion.from_record(
            {"version": 1, "item": record, "fields": fields, "evidence_types": types}
        )
        for code, record in items.items()
    }
    bundle = Bundle.from_record("bench", 1, _bundle(questions))
    answers = {code: True if n % 2 else 400.0 for n, code in enumerate(questions)}
    wallet = tuple(Held(f"held-{n}", f"paper-{n}", "owner", "B") for n in range(0, 60, 3))
    return publish(bundle, versions), answers, wallet


def _item(n: int, questions: list[str], plain: list[str]) -> Json:
    """Every field once or twice, five requirements each: two from members before it."""
    own = [plain[(n * 7 + k) % len(plain)] for k in range(9)]
    uses: list[Json] = [{"field": code, "legal_basis": "示例依据"} for code in own]
    uses += [{"field": questions[n % QUESTIONS]}]
    uses[0]["when"] = f"q_{2 * (n % 6)} >= {100 + n}.0"
    before = [f"result-{n - 1}", f"result-{n // 2}"] if n else ["paper-1", "paper-2"]
    needs = [*before, *(f"paper-{(n * 3 + k) % 60}" for k in range(3))]
    requirements: list[Json] = [{"evidence": one, "legal_basis": "示例依据"} for one in needs]
    requirements[-1]["when"] = f"q_{2 * (n % 6) + 1}"
    return {
        "code": f"item-{n}",
        "name": f"事项 {n}",
        "department": f"department-{n % 7}",
        "promised": {"value": n % 5 + 1},
        "visits": 1,
        "fields": uses,
        "requirements": [one for one in requirements if one["evidence"] != f"result-{n}"],
        "issues": f"result-{n}",
    }


def _bundle(questions: list[str]) -> Json:
    return {
        "name": "测速",
        "region": "430700",
        "parties": [{"role": "owner", "kind": "person", "who": "applicant"}],
        "holder": "owner",
        "questions": [{"field": code, "text": f"{code}？"} for code in questions],
        "members": [
            {
                "member": f"member-{n}",
                "item": f"item-{n}",
                "holder": "owner",
                "when": f"q_{2 * (n % 6)} >= {10 + n}.0" if n % 3 == 2 else None,
            }
            for n in range(MEMBERS)
        ],
        "edges": [],
    }


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> Json:
    """Processor time of one call, in a process as a service's is after start-up."""
    work()
    gc.collect()
    gc.freeze()
    taken = []
    for _ in range(rounds):
        began = time.process_time_ns()
        work()
        taken.append((time.process_time_ns() - began) / 1e6)
    gc.unfreeze()
    taken.sort()
    middle, most = statistics.median(taken), taken[int(len(taken) * 0.99)]
    return {"p50": round(middle, 3), "p99": round(most, 3)}


def measure(rounds: int = ROUNDS) -> Json:
    published, answers, wallet = sample()
    plan = compose(published, answers, wallet)

    def floor() -> None:
        for condition in published.conditions.values():
            condition.holds(answers)
        digest(plan)

    composed = milliseconds(lambda: compose(published, answers, wallet), rounds)
    below = milliseconds(floor, rounds)
    asked = milliseconds(lambda: open_questions(published, {}), rounds)
    made = milliseconds(lambda: publish(published.bundle, published.items), max(rounds // 10, 2))
    return {
        "machine": report.machine(),
        "members": len(plan["members"]),
        "fields": len(plan["form"]),
        "requirements": sum(len(v.item.requirements) for v in published.items.values()),
        "conditions": len(published.conditions),
        "milliseconds": {
            "compose": composed,
            "floor": below,
            "which questions matter": asked,
            "publish, conditions compiled before": made,
        },
        "ratio": round(composed["p50"] / below["p50"], 2),
        "most": MOST,
    }


def show(figures: Json) -> None:
    size = ", ".join(f"{figures[name]} {name}" for name in SIZES)
    table = Table("", "p50", "p99", title=f"composing, ms of processor: {size}")
    for name, one in figures["milliseconds"].items():
        table.add_row(name, f"{one['p50']:.2f}", f"{one['p99']:.2f}")
    table.add_row("ratio to the floor", f"{figures['ratio']:.2f}", "", style="bold")
    report.screen.print(table)


SIZES = ("members", "fields", "requirements", "conditions")


def main() -> int:
    figures = measure()
    show(figures)
    report.screen.print(f"JSON: {report.write(figures, 'composition-')}", markup=False)
    slow = figures["milliseconds"]["compose"]["p50"] > MOST
    if slow:
        report.screen.print(f"SLOW: a plan should take {MOST} ms at most", style="bold red")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
