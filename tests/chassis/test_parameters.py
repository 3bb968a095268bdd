"""A request with a parameter that nobody reads is refused before anything is done."""

from tests.chassis.test_problems import problem


async def test_a_parameter_that_the_path_does_not_have_is_named_with_those_it_has(quiet):
    headers = {"accept-language": "en"}
    answer = await quiet("GET", "/shelf?cannary=x&canary=y&a/b=1&a/b=2", headers=headers)

    assert problem(answer, 422, "malformed")["errors"] == [
        {"pointer": "/query/cannary", "detail": "There is no such parameter; there are: canary."},
        {"pointer": "/query/a~1b", "detail": "There is no such parameter; there are: canary."},
    ]


async def test_what_would_only_have_been_tried_out_is_not_done(quiet):
    answer = await quiet("POST", "/orders?dryrun=true", {"shoe": "boot"})

    assert problem(answer, 422, "malformed")["errors"] == [
        {"pointer": "/query/dryrun", "detail": "这个路径没有查询参数。"}
    ]


async def test_probes_and_scrapers_ask_as_they_like(quiet):
    assert (await quiet.client.get("/health/live?from=probe")).status_code == 200
