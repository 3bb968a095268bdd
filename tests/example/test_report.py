"""The demo's last lines say what went wrong, with which filing, and its exit status agrees."""

import io

from rich.console import Console

from deploy.example.demo.journey import Journey
from deploy.example.demo.people import Town
from deploy.example.demo.places import hotel, social_card
from deploy.example.demo.play import report


def journeys() -> list[Journey]:
    """Two filings, both settled."""
    town = Town(seed=5)
    made = [Journey(social_card(town, "a card")), Journey(hotel(town, "a hotel"))]
    for number, one in enumerate(made):
        one.application, one.outcome = f"application-{number}", "granted"
    return made


def told(filed: list[Journey]) -> tuple[int, list[str]]:
    out = io.StringIO()
    status = report(Console(file=out, width=200), filed)
    return status, out.getvalue().splitlines()


def test_all_that_came_true_is_zero_wrong() -> None:
    status, lines = told(journeys())

    assert (status, lines[-1]) == (0, "demo: 2 filed, 2 settled, 0 wrong")


def test_what_went_wrong_is_named_with_its_filing() -> None:
    filed = journeys()
    filed[1].wrong("the same QR code is valid, expected ended")

    status, lines = told(filed)

    assert (status, lines[-1]) == (1, "demo: 2 filed, 2 settled, 1 wrong")
    assert lines[-2] == (
        "wrong: open-public-place a hotel application-1: the same QR code is valid, expected ended"
    )


def test_what_never_settled_is_not_passed_over() -> None:
    filed = journeys()
    filed[0].outcome = None

    status, lines = told(filed)

    assert (status, lines[-1]) == (1, "demo: 2 filed, 1 settled, 0 wrong")
