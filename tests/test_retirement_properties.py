"""Any catalogue, any item, any of the four modes, any valid dispositions: the repair holds.

Catalog's rules rewrite the dependents, its lint has nothing to say about the retired item any more,
and bundle's rules ask nobody for what it issued, whether the new versions have reached it or not.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.bundle.composition.rules import Retired, Retirement, abridge, compose
from services.catalog.lint import rules as lint
from services.catalog.records.rules import asks, is_kept, rewritten
from services.catalog.retirement import rules
from services.catalog.retirement.rules import Decision, Dependent, Mode
from services.contracts import ItemDefinition
from tests.bundle.bundles import bundle, catalogue, evidence, member, published
from tests.bundle.worlds import BUSY

Record = dict[str, Any]
Catalogue = dict[str, Record]
TODAY, DAY = date(2026, 11, 24), date(2026, 12, 1)
TEXT = {"code": "text", "version": 1, "text": "承诺", "text_en": "", "fulfil_within": None}
NOTHING = {"register_name": "", "commitment": None, "kept_by": None, "legal_basis": ""}
COMPLETE = {
    "drop": {},
    "register": {"register_name": "登记系统"},
    "commitment": {"commitment": TEXT},
    "keep": {"kept_by": "market", "legal_basis": "《条例》"},
}
PAPERS = [f"paper-{n}" for n in range(7)]


def record(**more: Any) -> Record:
    definition = ItemDefinition(
        name="事项", department="market", region="430700", promised={"value": 3}, **more
    )
    return definition.model_dump(mode="json")


@st.composite
def catalogues(draw) -> Catalogue:
    """Items in a row: each needs papers that earlier ones issue, some of which two of them do."""
    items: Catalogue = {}
    for n in range(draw(st.integers(2, 6))):
        needs = draw(st.lists(st.sampled_from(PAPERS[:n] or ["photo"]), max_size=3, unique=True))
        sources = st.sampled_from(["applicant", "item", "item", "register", "intermediary"])
        items[f"item-{n}"] = record(
            issues=draw(st.sampled_from([None, PAPERS[n], PAPERS[n + 1]])),
            requirements=[
                {"evidence": code, "source": draw(sources), "legal_basis": "《法》"}
                for code in needs
            ],
        )
    return items


@dataclass
class Case:
    items: Catalogue
    retired: str
    decision: Decision

    @property
    def evidence(self) -> str | None:
        return rules.ended(self.items[self.retired], self.later)

    @property
    def later(self) -> Record | None:
        return rules.after(self.items[self.retired], self.decision)

    @property
    def others(self) -> set[str]:
        issued = self.items[self.retired]["issues"]
        return {c for c, one in self.items.items() if one["issues"] == issued} - {self.retired}

    def dependents(self) -> dict[str, Dependent]:
        issued = self.items[self.retired]["issues"]
        return {
            code: Dependent(code, one, kept=False)
            for code, one in self.items.items()
            if code != self.retired and any(asks(need, issued) for need in one["requirements"])
        }

    def repaired(self) -> Catalogue:
        """The catalogue on the day."""
        given_ = rules.changes(self.retired, self.evidence or "", self.decision.dispositions)
        items = {
            code: rewritten(one, [given_[code]] if code in given_ else [])
            for code, one in self.items.items()
        }
        del items[self.retired]
        return items | ({self.retired: self.later} if self.later else {})


@st.composite
def cases(draw) -> Case:
    items = draw(catalogues())
    code, mode = draw(st.sampled_from(sorted(items))), draw(st.sampled_from(list(Mode)))
    lighter = None
    if mode is Mode.OPTIMISED:
        known = items[code]
        lighter = known | {
            "promised": {"value": 1, "unit": "working_day"},
            "requirements": known["requirements"][1:],
            "issues": draw(st.sampled_from([known["issues"], None])),
        }
    case = Case(items, code, Decision(mode, DAY, "国发〔2021〕7号", lighter, {}))
    if case.evidence is None:
        return case
    needing = sorted(case.dependents())
    settled = needing if not case.others else draw(st.lists(st.sampled_from(needing or [""])))
    dispositions = {
        one: {"action": action} | NOTHING | COMPLETE[action]
        for one in settled
        if one
        for action in [draw(st.sampled_from(sorted(COMPLETE)))]
    }
    decision = Decision(mode, DAY, "国发〔2021〕7号", lighter, dispositions)
    return Case(items, code, decision)


@settings(BUSY, max_examples=300)
@given(cases())
def test_valid_dispositions_are_taken_and_each_that_is_missing_is_named(case: Case):
    dependents, known = case.dependents(), case.decision.dispositions
    rest = (dependents, case.evidence is not None, bool(case.others), ["market"])
    assert list(rules.decision_flaws(case.decision, case.items[case.retired], TODAY)) == []
    assert list(rules.disposition_flaws(known, *rest)) == []
    for gap in known:
        less = {code: one for code, one in known.items() if code != gap}
        flaws = [one.pointer for one in rules.disposition_flaws(less, *rest)]
        assert flaws == ([] if case.others else [f"/dispositions/{gap}"])


@settings(BUSY, max_examples=300)
@given(cases())
def test_the_lint_has_nothing_to_say_of_the_retired_item(case: Case):
    repaired, code = case.repaired(), case.evidence
    issued = any(one["issues"] == code for one in repaired.values())
    supply = lint.Supply(issued, retired=True, unissued_since=None if issued else DAY)
    for one in repaired.values():
        for need in one["requirements"]:
            if need["evidence"] == code:
                assert lint.reasons(need, supply) == []


@settings(BUSY, max_examples=300)
@given(cases())
def test_a_repair_touches_nothing_else(case: Case):
    given_ = case.decision.dispositions
    for code, after in case.repaired().items():
        before = case.items[code]
        if code == case.retired:
            continue
        unconcerned = [n for n in before["requirements"] if n["evidence"] != case.evidence]
        assert [n for n in after["requirements"] if n["evidence"] != case.evidence] == unconcerned
        if code not in given_:
            assert after == before
        untouched = {"requirements", "commitments"}
        assert {k: v for k, v in after.items() if k not in untouched} == {
            k: v for k, v in before.items() if k not in untouched
        }


@settings(BUSY, max_examples=150)
@given(cases(), st.booleans())
def test_no_later_plan_asks_for_what_it_issued(case: Case, arrived: bool):
    """`arrived`: whether the day's new versions have reached bundle already."""
    ends = case.decision.mode in rules.ENDS
    gone = Retirement(case.retired, case.decision.mode.value, DAY.isoformat())
    unissued = case.evidence is not None and not case.others
    kept = {c for c, one in case.decision.dispositions.items() if one["action"] == "keep"}
    retired = Retired(
        {case.retired: gone} if ends else {},
        {case.evidence: gone} if case.evidence and unissued else {},
        frozenset((code, case.evidence) for code in kept if case.evidence),
    )
    items = dict(case.items) | (case.repaired() if arrived else {})
    types = tuple(evidence(code) for code in (*PAPERS, "photo"))
    versions = catalogue(*({"code": c} | one for c, one in items.items()), types=types)
    everything = published(bundle(*map(member, items)), versions)
    left = [code for code in items if code not in retired.items]
    if not left:
        return

    plan = compose(abridge(everything, retired), {})

    assert {m["item"] for m in plan["members"]} == set(left)
    if not unissued:
        return
    for material in plan["materials"]:
        if material["evidence"] == case.evidence:
            assert {why["item"] for why in material["why"]} <= kept
    signed = {c["item"] for c in plan["commitments"] if c["chosen"]}
    chosen = {c for c, one in case.decision.dispositions.items() if one["action"] == "commitment"}
    assert signed == (chosen if arrived else set())


@settings(BUSY, max_examples=200)
@given(cases())
def test_who_keeps_asking_says_by_which_law_and_under_whose_name(case: Case):
    repaired = case.repaired()
    for code, one in case.decision.dispositions.items():
        asked = [n for n in repaired[code]["requirements"] if asks(n, case.evidence or "")]
        assert bool(asked) == (one["action"] == "keep")
        assert all(is_kept(need) for need in asked)
