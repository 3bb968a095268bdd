"""The oracle knows every way an application may end, and no other."""

from tests.faults.oracle import Graph, Input, Standing, World, endings, explained

CHAIN = Graph({"first": (), "then": (("first", "issued"),)}, {"first": "continue", "then": "stop"})
PAIR = Graph({"one": (), "other": ()}, {"one": "stop", "other": "continue"})
ASKING = Graph({"one": (), "other": ()}, {"one": "ask", "other": "continue"})


def accepted(*members: str) -> set[Input]:
    return {Input("accepted", member) for member in members}


def states(world: World) -> tuple[str, ...]:
    return tuple(one.state for one in world.members)


def ends(graph: Graph, inputs: set[Input]) -> set[tuple[str, tuple[str, ...]]]:
    return {(world.outcome, states(world)) for world in endings(graph, frozenset(inputs))}


def test_what_waits_is_asked_when_the_result_is_there_and_not_before():
    granted = {*accepted("first"), Input("decided", "first", "granted")}
    assert ends(CHAIN, granted) == {("", ("granted", "waiting"))}
    issued = {*granted, Input("issued", "first")}
    assert ends(CHAIN, issued) == {("", ("granted", "requested"))}


def test_a_refusal_makes_what_waits_for_it_impossible():
    assert ends(CHAIN, {Input("decided", "first", "refused")}) == {
        ("refused", ("refused", "impossible"))
    }


def test_a_stop_ends_what_no_desk_had_accepted_so_the_order_decides():
    inputs = {Input("decided", "one", "refused"), *accepted("other")}
    inputs.add(Input("decided", "other", "granted"))
    assert ends(PAIR, inputs) == {
        ("partly_granted", ("refused", "granted")),
        ("stopped", ("refused", "cancelled")),
    }
    [late] = [w for w in endings(PAIR, frozenset(inputs)) if w.outcome == "stopped"]
    assert late.members[1].late == "granted"


def test_a_choice_is_made_only_while_it_is_open():
    inputs = {Input("decided", "one", "refused"), Input("chosen", "one", "stop")}
    assert ends(ASKING, inputs) == {("stopped", ("refused", "cancelled"))}


def test_a_withdrawal_of_everything_settles_at_once_and_answers_come_too_late():
    inputs = {Input("withdrawn", "*"), Input("decided", "one", "granted")}
    assert ends(PAIR, inputs) == {
        ("withdrawn", ("withdrawn", "withdrawn")),
        ("withdrawn", ("granted", "withdrawn")),
    }


def test_an_ending_is_explained_to_the_last_detail_or_not_at_all():
    inputs = frozenset({*accepted("one", "other"), Input("decided", "one", "granted")})
    one = Standing("granted", asked=True)
    assert explained(PAIR, inputs, World((one, Standing("accepted", asked=True))))
    assert not explained(PAIR, inputs, World((one, Standing("requested", asked=True))))
    assert not explained(PAIR, inputs, World((one, Standing("accepted", asked=True)), outcome="x"))
    assert not explained(PAIR, frozenset(), World((one, Standing("accepted", asked=True))))
