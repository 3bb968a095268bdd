"""Whatever the levels do, in whatever order, a handshake goes only where the model lets it."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.catalog.delegations import rules
from services.catalog.delegations.cases import day
from services.catalog.delegations.moves import kept
from services.catalog.delegations.rules import Level, Mode, Proposal, Speaker, Standing, Terms
from services.chassis.errors import Refusal
from services.chassis.ticks import utc
from tests.alone import Alone
from tests.catalog import handshake_model as model
from tests.catalog.handshakes import CAPACITY, District

BUSY = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = date(2026, 11, 24)
MODES = list(Mode)
ALL = tuple("abc")


def wider(terms: Terms) -> Terms:
    """The next wider terms; the widest have none."""
    if terms.situations:
        rest = [one for one in ALL if one not in terms.situations]
        return replace(terms, situations=(*terms.situations, rest[0]) if len(rest) > 1 else ())
    stronger = MODES[min(MODES.index(terms.mode) + 1, 2)]
    return replace(terms, mode=stronger)


def apply(standing: Standing | None, step: str, level: str) -> Standing:
    who = Speaker(frozenset({Level(level)}), f"somebody-{level}")
    if step in ("offer", "request"):
        by = {"offer": Level.ABOVE, "request": Level.BELOW}[step]
        if by is not Level(level):
            raise rules.WrongLevel()  # the API asks for another role
        return rules.begin(standing, Proposal(Terms(Mode.ENTRUST, ("a",)), by, who.who))
    if standing is None:
        raise Refusal()
    after, _ = {
        "acceptance": lambda: rules.accept(standing, who),
        "refusal": lambda: rules.decline(standing, who),
        "trial": lambda: rules.try_out(standing, who, TODAY + timedelta(days=30), TODAY),
        "activation": lambda: rules.activate(standing, who),
        "widening": lambda: rules.widen(standing, who, wider(standing.terms)),
        "withdrawal": lambda: rules.withdraw(standing, who),
    }[step]()
    return after


def place(standing: Standing | None) -> str:
    if standing is None:
        return "nowhere"
    wider = kept(standing.wider)
    return model.place({"state": standing.state.value, "wider": wider})


commands = st.lists(
    st.tuples(st.sampled_from(model.STEPS), st.sampled_from([model.ABOVE, model.BELOW])),
    max_size=25,
)


@given(commands)
@settings(BUSY, max_examples=1000)
def test_no_order_of_steps_leads_where_the_model_does_not(steps):
    standing: Standing | None = None
    for step, level in steps:
        before = place(standing)
        expected = model.EDGES.get((before, step, level))
        try:
            standing = apply(standing, step, level)
        except rules.NotWider:
            assert expected is not None and wider(standing.terms) == standing.terms
        except Refusal:
            assert expected is None, f"{step} by {level} from {before} should lead to {expected}"
        else:
            assert place(standing) == expected, f"{step} by {level} from {before}"


def test_every_place_of_the_model_is_reached_and_every_edge_taken():
    """Or the test above would prove nothing."""
    reached: dict[str, Standing | None] = {"nowhere": None}
    taken = set()
    while True:
        new = {}
        for at, standing in reached.items():
            for step in model.STEPS:
                for level in (model.ABOVE, model.BELOW):
                    try:
                        after = apply(standing, step, level)
                    except Refusal:
                        continue
                    taken.add((at, step, level))
                    new.setdefault(place(after), after)
        if set(new) <= set(reached):
            break
        reached |= {at: standing for at, standing in new.items() if at not in reached}

    assert set(reached) == set(model.PLACES)
    assert taken == set(model.EDGES)


@given(commands)
@settings(BUSY, max_examples=300)
def test_what_each_level_is_told_it_may_do_is_what_it_can_do(steps):
    standing: Standing | None = None
    for step, level in steps:
        try:
            standing = apply(standing, step, level)
        except Refusal:
            continue
        for one in Level:
            told = {step.value for step in rules.steps_of(standing, one)}
            here = place(standing)
            assert told == {s for p, s, lv in model.EDGES if (p, lv) == (here, one.value)}


@given(commands, st.integers(-3, 60), st.integers(0, 60))
@settings(BUSY, max_examples=500)
def test_nothing_is_in_force_before_both_agreed_or_after_its_last_day(steps, ends, later):
    standing: Standing | None = None
    agreed = False
    for step, level in steps:
        try:
            standing = apply(standing, step, level)
        except Refusal:
            continue
        agreed = step == "acceptance" or (agreed and step not in ("offer", "request"))
    if standing is None:
        return
    when = TODAY + timedelta(days=later)
    last = TODAY + timedelta(days=ends)
    if standing.in_force(when):
        assert agreed
        assert standing.state in rules.IN_FORCE
    assert not replace(standing, ends_on=last).in_force(last)
    assert not replace(standing, ends_on=last).on(last).live


def random_steps(seed: int, length: int) -> list[tuple[str, str]]:
    """A walk that mostly stays on the map, and now and then leaves it."""
    draw = random.Random(seed)
    at, walk = "nowhere", []
    for _ in range(length):
        open_here = [(s, lv) for p, s, lv in model.EDGES if p == at]
        astray = draw.random() < 0.3
        levels = [model.ABOVE, model.BELOW]
        step = (draw.choice(model.STEPS), draw.choice(levels)) if astray else draw.choice(open_here)
        walk.append(step)
        at = model.EDGES.get((at, *step), at)
    return walk


@pytest.mark.parametrize("seed", range(12))
async def test_the_service_goes_where_the_model_goes(catalog: Alone, seed: int):
    district = await District(catalog).open() if seed == 0 else District(catalog)
    item = await district.item(f"walk-{seed}", situations=[{"code": c, "name": c} for c in ALL])
    what = f"{item}/east/accept"
    people = {model.ABOVE: district.officer, model.BELOW: district.east}
    shown = None

    for step, level in random_steps(seed, 14):
        before = model.place(shown)
        expected = model.EDGES.get((before, step, level))
        answer = await taken(district, what, step, level, shown, people[level])
        if answer.is_success:
            shown = await district.bureau.get(f"/delegations/{what}")
            assert model.place(shown) == expected, f"{step} by {level} from {before}"
        elif answer.json()["type"] == "/problems/not-wider":
            assert expected
        else:
            assert expected is None, f"{step} by {level} from {before}: {answer.text}"
            assert answer.status_code in (403, 404, 409, 422), answer.text
    steps = await catalog.rows("SELECT 1 FROM delegation_step WHERE item = :item", item=item)
    assert len(steps) == (shown["version"] if shown else 0)


async def taken(district: District, what: str, step: str, level: str, shown, who):
    if step in ("offer", "request"):
        said = district.offer if step == "offer" else district.request
        return await said(what, who, situations=["a"])
    capacity = {"capacity": CAPACITY} if level == model.BELOW else {}
    bodies = {
        "acceptance": capacity,
        "refusal": {"reasons": ["people"]},
        "trial": {"until": (day(utc()) + timedelta(days=30)).isoformat()},
        "activation": {},
        "withdrawal": {"reasons": ["demand"]},
    }
    if step == "widening":
        terms = Terms(Mode.ENTRUST, ("a",))
        if shown is not None:
            terms = Terms(Mode(shown["mode"]), tuple(shown["situations"]), "示例条例第五条")
        more = wider(terms)
        body = {"mode": more.mode, "situations": more.situations, "legal_basis": more.legal_basis}
        return await district.step(who, what, step, match(shown), **body, **capacity)
    return await district.step(who, what, step, match(shown), **bodies[step])


def match(shown) -> str:
    return f'"{shown["version"]}"' if shown else '"1"'
