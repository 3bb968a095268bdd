"""A minute's worth of requests, however they are spread."""

from gateway.quota import Quota


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(quota: Quota, caller: str, times: int) -> int:
    return sum(quota.take(caller).allowed for _ in range(times))


def test_a_caller_may_use_a_minutes_worth_at_once_and_no_more() -> None:
    assert taken(Quota(600, Clock()), "a", 1000) == 600


def test_what_was_used_comes_back_evenly() -> None:
    clock = Clock()
    quota = Quota(60, clock)
    taken(quota, "a", 60)

    clock.now += 10

    assert taken(quota, "a", 60) == 10


def test_an_idle_minute_makes_no_more_than_a_minutes_worth() -> None:
    clock = Clock()
    quota = Quota(60, clock)
    taken(quota, "a", 60)

    clock.now += 3600

    assert taken(quota, "a", 100) == 60


def test_a_caller_who_is_told_to_wait_is_let_in_afterwards() -> None:
    clock = Clock()
    quota = Quota(7, clock)
    taken(quota, "a", 7)
    refused = quota.take("a")

    clock.now += refused.wait

    assert refused.wait > 0
    assert quota.take("a").allowed


def test_knocking_while_refused_costs_nothing() -> None:
    clock = Clock()
    quota = Quota(60, clock)
    taken(quota, "a", 1000)

    clock.now += 1

    assert quota.take("a").allowed


def test_callers_do_not_count_for_one_another() -> None:
    quota = Quota(5, Clock())
    taken(quota, "a", 5)

    assert taken(quota, "b", 6) == 5


def test_the_remainder_is_told_exactly() -> None:
    quota = Quota(3, Clock())

    assert [quota.take("a").remaining for _ in range(4)] == [2, 1, 0, 0]


def test_idle_callers_are_forgotten() -> None:
    clock = Clock()
    quota = Quota(60, clock)
    for number in range(1000):
        quota.take(str(number))

    clock.now += 61
    quota.take("last")

    assert list(quota._full_at) == ["last"]
