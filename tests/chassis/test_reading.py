"""Pages with opaque cursors, and versions as ETags."""

import pytest

from services.chassis.errors import Stale
from services.chassis.reading import BadCursor, check_match, cursor, etag, position


@pytest.mark.parametrize("place", ["1", "2026-11-24T09:00:00+00:00|7", "年", "a/b+c=="])
def test_a_cursor_leads_back_to_its_place(place):
    given = cursor(place)

    assert position(given) == place
    assert given.replace("-", "").replace("_", "").isalnum(), "it fits into a query as it is"


@pytest.mark.parametrize("given", ["é", "a", "////", "_" * 5, "gA"])
def test_a_cursor_that_we_did_not_give_is_refused(given):
    with pytest.raises(BadCursor):
        position(given)


@pytest.mark.parametrize("given", [None, "*", '"3"', ' "3" '])
def test_a_change_made_on_the_present_version_passes(given):
    check_match(given, 3)


@pytest.mark.parametrize("given", ['"2"', "3", "", 'W/"3"', '"3", "4"'])
def test_a_change_made_on_another_version_is_stale(given):
    with pytest.raises(Stale) as caught:
        check_match(given, 3)
    assert caught.value.members == {"version": 3}


@pytest.mark.parametrize("given", ["*", '"0"', '"1"', ""])
def test_what_does_not_exist_matches_nothing(given):
    with pytest.raises(Stale):
        check_match(given, 0)
    check_match(None, 0)


def test_an_etag_is_the_version_in_quotes():
    assert etag(3) == '"3"'
