"""Whose token is believed, for how long, and what an issuer that is away can and cannot break."""

import asyncio
import time

import pytest

from services.chassis import identity
from services.chassis.errors import Unauthenticated, Unavailable
from services.chassis.identity import Principal, Verifier
from tests.chassis.issuers import Issuer, encoded, new_key, part, signed


@pytest.fixture(scope="module")
async def standing():
    made = Issuer()
    yield made
    await made.stop()


@pytest.fixture
async def issuer(standing: Issuer) -> Issuer:
    """The module's issuer, whom nobody has asked yet."""
    if standing.serving is None:
        await standing.start()
    standing.asked.clear()
    return standing


NOW = int(time.time())


@pytest.fixture
def verifier(issuer) -> Verifier:
    return Verifier(issuer.url, "onevisit")


async def believed(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.principal(token)
    except Unauthenticated:
        return False
    return True


async def test_a_good_token_says_who_is_asking(verifier, issuer):
    claims = {"sub": "wang", "roles": ["officer", "clerk"], "department": "fire", "acr": "2"}
    more = {"enterprise": "91X", "point": "east", "exp": NOW + 60}

    assert await verifier.principal(issuer.token(**claims, **more)) == Principal(
        "wang", frozenset({"officer", "clerk"}), "fire", "2", "91X", "east", NOW + 90.0
    )


async def test_an_audience_among_others_is_ours_too(verifier, issuer):
    assert await believed(verifier, issuer.token(aud=["elsewhere", "onevisit"]))


WRONG_CLAIMS = {
    "expired": {"exp": NOW - 60},
    "without an end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "not valid yet": {"nbf": NOW + 3600},
    "made in the future": {"iat": NOW + 3600},
    "for somebody else": {"aud": "elsewhere"},
    "for several others": {"aud": ["a", "b"]},
    "for nobody": {"aud": None},
    "of another issuer": {"iss": "http://elsewhere"},
    "of no issuer": {"iss": None},
    "of nobody": {"sub": None},
    "of somebody with too long a name": {"sub": "s" * 256},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
async def test_a_token_that_claims_wrongly_is_not_believed(claims, verifier, issuer):
    assert not await believed(verifier, issuer.token(**claims))
    assert await believed(verifier, issuer.token())


@pytest.mark.parametrize("seconds", [{"exp": -5}, {"nbf": 10, "iat": 10}])
async def test_clocks_may_differ_a_little(seconds, verifier, issuer):
    now = int(time.time())  # the test may run minutes after it was collected

    claims = {name: now + offset for name, offset in seconds.items()}
    assert await believed(verifier, issuer.token(**claims))


def no_signature(issuer: Issuer) -> str:
    return signed(None, issuer.claims(), {"kid": issuer.key.kid})


def signed_with_the_public_pem(issuer: Issuer) -> str:
    return signed(issuer.key.as_pem(private=False), issuer.claims(), {"kid": issuer.key.kid})


def signed_with_the_public_point(issuer: Issuer) -> str:
    point = issuer.key.as_dict(private=False)["x"]
    return signed(point.encode(), issuer.claims(), {"kid": issuer.key.kid})


def foreign_key_with_our_kid(issuer: Issuer) -> str:
    return signed(new_key(), issuer.claims(), {"kid": issuer.key.kid})


def foreign_key_without_kid(issuer: Issuer) -> str:
    return signed(new_key(), issuer.claims(), {})


def other_claims_under_our_signature(issuer: Issuer) -> str:
    head, _, signature = issuer.token().split(".")
    return f"{head}.{part(issuer.claims(sub='bob', roles=['operator']))}.{signature}"


def cut_signature(issuer: Issuer) -> str:
    return issuer.token()[:-10]


def empty_signature(issuer: Issuer) -> str:
    return issuer.token().rpartition(".")[0] + "."


def zero_signature(issuer: Issuer) -> str:
    return issuer.token().rpartition(".")[0] + "." + encoded(bytes(64))


def brings_its_own_key(issuer: Issuer) -> str:
    own = new_key()
    return signed(own, issuer.claims(), {"kid": own.kid, "jwk": own.as_dict(private=False)})


def our_kid_and_its_own_key(issuer: Issuer) -> str:
    own = new_key()
    header = {"kid": issuer.key.kid, "jwk": own.as_dict(private=False)}
    return signed(own, issuer.claims(), header)


FORGED = [
    no_signature,
    signed_with_the_public_pem,
    signed_with_the_public_point,
    foreign_key_with_our_kid,
    foreign_key_without_kid,
    other_claims_under_our_signature,
    cut_signature,
    empty_signature,
    zero_signature,
    brings_its_own_key,
    our_kid_and_its_own_key,
]


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
async def test_a_forged_token_is_not_believed(forge, verifier, issuer):
    assert not await believed(verifier, forge(issuer))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "HS256", "RS256", "ES384", "", None, 7])
async def test_the_token_does_not_choose_the_algorithm(alg, verifier, issuer):
    """Signed with the right key, but saying something else."""
    assert not await believed(verifier, issuer.token(header={"alg": alg}))


HEADERS = {
    "a key": {"jwk": {}},
    "where a key is": {"jku": "http://elsewhere/jwks"},
    "where a certificate is": {"x5u": "http://elsewhere"},
    "a certificate": {"x5c": ["x"]},
    "an extension that must be understood": {"crit": ["exp"]},
    "one nobody knows": {"crit": ["canary"], "canary": 1},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
async def test_a_header_that_offers_more_than_a_key_id_is_refused(header, verifier, issuer):
    """The signature is good: what is refused is the offer."""
    assert not await believed(verifier, issuer.token(header=header))


# Too deep for a parser that recurses, and short enough for a header.
DEEP_LIST = b'{"alg":"ES256","a":' + b"[" * 1000 + b"]" * 1000 + b"}"
DEEP_OBJECT = b'{"a":' * 1000 + b"1" + b"}" * 1000
GARBAGE = [
    "",
    ".",
    "..",
    "a.b.c",
    "a.b.c.d.e",
    "....",
    "e30.e30.e30",
    f"{part([])}.e30.e30",
    f"{part('x')}.e30.e30",
    f"{encoded(b'{')}.e30.e30",
    f"{encoded(bytes([255]))}.e30.e30",
    f"{part({'alg': 'ES256', 'kid': ['x']})}.e30.e30",
    f"{part({'alg': 'ES256', 'kid': {'x': 1}})}.e30.e30",
    f"{encoded(DEEP_LIST)}.e30.e30",
    f"{encoded(DEEP_OBJECT)}.e30.e30",
    "é.ü.ß",
    "令牌",
    "\x00",
    "x" * 9000,
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
async def test_garbage_is_not_believed_and_breaks_nothing(garbage, verifier):
    assert not await believed(verifier, garbage)


async def test_a_payload_that_is_no_object_is_not_believed(verifier, issuer):
    head = {"kid": issuer.key.kid}

    assert not await believed(verifier, signed(issuer.key, ["roles"], head))
    assert not await believed(verifier, signed(issuer.key, "operator", head))


async def test_roles_that_we_do_not_know_are_dropped(verifier, issuer):
    known = await verifier.principal(issuer.token(roles=["citizen", "root", 7]))
    none = await verifier.principal(issuer.token(roles="operator"))

    assert (known.roles, none.roles) == ({"citizen"}, frozenset())


async def test_a_token_is_remembered_for_a_while_and_then_checked_again(
    verifier, issuer, monkeypatch
):
    monkeypatch.setattr(identity, "REMEMBER", 0.3)
    old = issuer.token()
    assert await believed(verifier, old)
    issuer.rotate()
    verifier.fetched_at -= 10
    assert await believed(verifier, issuer.token()), "the new key was fetched"

    assert await believed(verifier, old), "still remembered"
    await asyncio.sleep(0.3)
    assert not await believed(verifier, old)


async def test_a_token_is_not_remembered_beyond_its_own_end(verifier, issuer):
    token = issuer.token(exp=int(time.time()) + 1)
    await verifier.principal(token)

    [(_, until)] = verifier.known.values()
    assert until <= time.time() + 1


async def test_two_tokens_of_one_account_are_two_memories(verifier, issuer):
    await verifier.principal(issuer.token(roles=["operator"]))
    citizen = await verifier.principal(issuer.token(roles=["citizen"]))

    assert citizen.roles == {"citizen"}


async def test_the_keys_are_fetched_once_however_many_ask_at_first(verifier, issuer):
    tokens = [issuer.token(sub=f"s{number}") for number in range(30)]
    await asyncio.gather(*(verifier.principal(token) for token in tokens))

    assert issuer.asked == {"discovery": 1, "jwks": 1}


async def test_unknown_key_ids_cost_the_issuer_next_to_nothing(verifier, issuer):
    await verifier.principal(issuer.token())
    strangers = [signed(key, issuer.claims(), {"kid": key.kid}) for key in (new_key(), new_key())]
    strangers += [signed(None, issuer.claims(), {"kid": f"k{n}"}) for n in range(40)]

    await asyncio.gather(*(believed(verifier, one) for one in strangers))
    assert issuer.asked["jwks"] == 1, "the keys are fresh"
    verifier.fetched_at -= 10
    await asyncio.gather(*(believed(verifier, one) for one in strangers))
    assert issuer.asked["jwks"] == 2, "one look for all of them"


async def test_a_new_key_is_found_when_it_is_needed(verifier, issuer):
    await verifier.principal(issuer.token())
    issuer.rotate()
    verifier.fetched_at -= 10

    assert await believed(verifier, issuer.token())


async def test_with_known_keys_an_issuer_that_is_away_is_not_missed(verifier, issuer):
    await verifier.principal(issuer.token())
    await issuer.stop()
    verifier.fetched_at -= 10

    assert not await believed(verifier, foreign_key_with_our_kid(issuer))
    stranger = new_key()
    assert not await believed(verifier, signed(stranger, issuer.claims(), {"kid": stranger.kid}))
    assert await believed(verifier, issuer.token(sub="bob"))


async def test_without_keys_an_issuer_that_is_away_is_waited_for(verifier, issuer):
    await issuer.stop()
    started = time.monotonic()

    async def ask(sub: str) -> Unavailable:
        with pytest.raises(Unavailable) as caught:
            await verifier.principal(issuer.token(sub=sub))
        return caught.value

    told = await asyncio.gather(*(ask(f"s{number}") for number in range(50)))
    assert {one.retry_after for one in told} == {2}
    assert time.monotonic() - started < 3, "all at once, not one after the other"

    await issuer.start()
    verifier.fetched_at -= 10
    assert await believed(verifier, issuer.token())


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'"x"', b'{"jwks_uri": 7}', b'{"keys": 1}'])
async def test_an_issuer_that_talks_nonsense_is_out_of_reach(answer):
    async def babble(reader, writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + answer)
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    token = "e30.e30.e30"
    with pytest.raises(Unavailable):
        await Verifier(f"http://127.0.0.1:{port}", "onevisit").principal(token)
    server.close()
