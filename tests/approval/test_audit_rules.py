"""Whatever is done to the record, the first bad entry is named."""

import base64
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approval.audit import rules
from services.approval.audit.rules import Anchor, Entry, Fault, Link, first_fault
from services.approval.audit.signing import Signer, Verifier

SEEDS = {name: base64.b64encode(name.encode() * 16).decode() for name in ("k1", "k2", "xx")}
SIGNER = Signer(f"k2:{SEEDS['k2']},k1:{SEEDS['k1']}")
STRANGER = Signer(f"k2:{SEEDS['xx']}")
VERIFY = Verifier(SIGNER.published())


def entry(number: int, signer: Signer = SIGNER, text: str = "") -> Entry:
    document = text or f'{{"act":"decided","n":{number}}}'
    return Entry(f"e{number}", document, *signer.sign(document.encode()))


def chain(length: int) -> list[Link]:
    return rules.links((0, rules.BEGINNING), [entry(n) for n in range(1, length + 1)])


def again(entries: list[Entry]) -> list[Link]:
    """The chain as its keeper could write it anew."""
    return rules.links((0, rules.BEGINNING), entries)


def anchor(link: Link, signer: Signer = SIGNER) -> Anchor:
    message = rules.anchor_message(link.position, link.digest)
    return Anchor(link.position, link.digest, *signer.sign(message))


def found(links: list[Link], anchors: list[Anchor] | None = None) -> tuple[int, Fault | None]:
    return first_fault(links, anchors or [], VERIFY)


LENGTHS = st.integers(2, 30)


@given(LENGTHS, st.data())
@settings(max_examples=50, deadline=None)
def test_a_chain_that_nobody_touched_is_sound(length: int, data: st.DataObject):
    links = chain(length)
    anchors = [anchor(links[n]) for n in data.draw(st.sets(st.integers(0, length - 1)))]

    assert found(links, anchors) == (length, None)


def tampered(links: list[Link], how: str, at: int) -> list[Link]:
    one = links[at]
    if how == "edited":
        changed = replace(one.entry, document=one.entry.document.replace("decided", "granted"))
        return [*links[:at], replace(one, entry=changed), *links[at + 1 :]]
    if how == "edited and chained anew":
        changed = replace(one.entry, document=one.entry.document.replace("decided", "granted"))
        return again([*(k.entry for k in links[:at]), changed, *(k.entry for k in links[at + 1 :])])
    if how == "signed by a stranger and chained anew":
        return again([*(k.entry for k in links[:at]), entry(at + 1, STRANGER)])
    if how == "deleted":
        return [*links[:at], *links[at + 1 :]]
    if how == "deleted and numbered anew":
        after = [replace(k, position=k.position - 1) for k in links[at + 1 :]]
        return [*links[:at], *after]
    if how == "swapped with the next":
        two = links[at + 1]
        first, second = replace(two, position=one.position), replace(one, position=two.position)
        return [*links[:at], first, second, *links[at + 2 :]]
    raise AssertionError(how)


@pytest.mark.parametrize(
    "how",
    [
        "edited",
        "edited and chained anew",
        "signed by a stranger and chained anew",
        "deleted",
        "deleted and numbered anew",
        "swapped with the next",
    ],
)
@given(length=LENGTHS, data=st.data())
@settings(max_examples=25, deadline=None)
def test_the_first_bad_entry_is_named(how: str, length: int, data: st.DataObject):
    at = data.draw(st.integers(0, length - 2))

    sound, fault = found(tampered(chain(length), how, at))

    assert sound == at
    assert fault is not None and fault.position == at + 1


@given(LENGTHS, st.data())
@settings(max_examples=25, deadline=None)
def test_an_end_that_was_cut_off_is_missed_by_whoever_remembers_it(length, data):
    links = chain(length)
    kept = data.draw(st.integers(0, length - 1))

    sound, fault = found(links[:kept], [anchor(links[-1])])

    assert sound == kept
    assert fault is not None and str(length) in fault.en


@given(LENGTHS, st.data())
@settings(max_examples=25, deadline=None)
def test_a_keeper_with_the_keys_cannot_rewrite_what_others_remember(length, data):
    links = chain(length)
    at = data.draw(st.integers(0, length - 1))
    forged = entry(99, SIGNER, '{"act":"decided","verdict":"granted"}')
    rewritten = again([*(k.entry for k in links[:at]), forged, *(k.entry for k in links[at + 1 :])])

    assert found(rewritten) == (length, None), "nobody remembers: nothing to hold against it"
    sound, fault = found(rewritten, [anchor(links[-1])])
    assert sound == length - 1
    assert fault is not None and "rewritten" in fault.en


def test_an_anchor_that_is_not_genuine_accuses_nobody():
    links = chain(3)
    forged = Anchor(9, "0" * 64, *STRANGER.sign(rules.anchor_message(9, "0" * 64)))

    assert found(links, [forged]) == (3, None)


def test_old_keys_still_verify():
    old = Signer(f"k1:{SEEDS['k1']}")
    links = again([entry(1, old), entry(2, SIGNER)])

    assert found(links) == (2, None)
    assert [one.entry.key for one in links] == ["k1", "k2"]


@pytest.mark.parametrize(
    ("power", "by", "answers"),
    [
        ("own", None, "fire"),
        ("handed_down", None, "fire"),
        ("authorised", None, "fire"),
        ("entrusted", "fire-city", "fire-city"),
        ("entrusted_peer", "market", "market"),
    ],
)
def test_who_answers_in_court(power: str, by: str | None, answers: str):
    assert rules.respondent(power, "fire", by) == answers


def test_signatures_of_unknown_keys_and_broken_text_do_not_hold():
    key, signature = SIGNER.sign(b"x")

    assert VERIFY(key, b"x", signature)
    assert not VERIFY("k9", b"x", signature)
    assert not VERIFY(key, b"x", "not base64!")
    assert not VERIFY(key, b"y", signature)


NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126))
SAID = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text()
DOCUMENTS = st.dictionaries(
    NAMES, st.recursive(SAID, lambda one: st.lists(one) | st.dictionaries(NAMES, one))
)


@given(DOCUMENTS)
def test_what_is_signed_is_what_the_standard_says(document: dict[str, object]):
    """rfc8785 is slow and right: whoever verifies may use any implementation of the standard."""
    assert rules.canonical(document) == rfc8785.dumps(document)
