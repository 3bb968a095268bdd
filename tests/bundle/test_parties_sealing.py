"""Personal data at rest: opened only in its own place and with its key, found only by its index."""

import base64

import pytest
from pydantic import ValidationError

from services.bundle.main import BundleSettings
from services.bundle.parties.sealing import CannotOpen, Sealer, masked


def key(letter: bytes) -> str:
    return base64.b64encode(letter * 32).decode()


SEALER = Sealer(f"k1:{key(b'1')}", key(b"i"))
ROTATED = Sealer(f"k2:{key(b'2')},k1:{key(b'1')}", key(b"i"))
OTHERS = Sealer(f"k1:{key(b'x')}", key(b"j"))


def test_a_sealed_value_opens_in_its_own_place():
    sealed = SEALER.seal("张三丰", "party|name|1")

    assert SEALER.open(sealed, "party|name|1") == "张三丰"
    assert "张三丰" not in sealed
    assert sealed.startswith("k1:")


@pytest.mark.parametrize("place", ["party|name|2", "party|number|1", "form|name|1", ""])
def test_a_value_copied_into_another_place_does_not_open(place: str):
    sealed = SEALER.seal("张三丰", "party|name|1")

    with pytest.raises(CannotOpen) as refused:
        SEALER.open(sealed, place)
    assert "张三丰" not in str(refused.value)


def test_equal_values_look_different():
    assert SEALER.seal("x", "p") != SEALER.seal("x", "p")


@pytest.mark.parametrize("spoil", ["last", "first", "key"])
def test_an_altered_value_does_not_open(spoil: str):
    name, _, text = SEALER.seal("张三丰", "p").partition(":")
    raw = bytearray(base64.b64decode(text))
    if spoil != "key":
        raw[-1 if spoil == "last" else 0] ^= 1
    altered = f"{'k9' if spoil == 'key' else name}:{base64.b64encode(raw).decode()}"

    with pytest.raises(CannotOpen):
        SEALER.open(altered, "p")


def test_after_a_rotation_old_values_open_and_new_ones_have_the_new_key():
    old = SEALER.seal("x", "p")

    assert ROTATED.open(old, "p") == "x"
    assert ROTATED.seal("x", "p").startswith("k2:")
    with pytest.raises(CannotOpen):
        SEALER.open(ROTATED.seal("x", "p"), "p")
    with pytest.raises(CannotOpen):
        OTHERS.open(old, "p")


def test_bytes_are_sealed_like_values():
    content = bytes(range(256)) * 9
    sealed = SEALER.seal_bytes(content, "upload|1")

    assert ROTATED.open_bytes(sealed, "upload|1") == content
    assert content[:16] not in sealed
    for opener, place in ((SEALER, "upload|2"), (OTHERS, "upload|1")):
        with pytest.raises(CannotOpen):
            opener.open_bytes(sealed, place)


def test_an_index_finds_equals_of_one_kind_and_tells_nothing_else():
    number = "11010519491231002X"

    assert SEALER.index("person", number) == ROTATED.index("person", number)
    assert SEALER.index("person", number) != SEALER.index("enterprise", number)
    assert SEALER.index("person", number) != OTHERS.index("person", number)
    assert number not in SEALER.index("person", number)


def test_a_form_is_sealed_field_by_field_inside_lists_too():
    form = {
        "name": "张三丰",
        "area": 35.0,
        "workers": [{"person": "王一", "shift": "早"}, {"person": "赵二"}],
        "born": 1949,
        "agreed": False,
    }

    kept = SEALER.seal_form(form, {"name", "person", "born", "agreed"}, "a1")

    assert SEALER.open_form(kept, "a1") == form
    assert kept["area"] == 35.0
    assert kept["workers"][0]["shift"] == "早"
    for value in ("张三丰", "王一", "赵二", "1949"):
        assert value not in str(kept)
    with pytest.raises(CannotOpen):
        SEALER.open_form(kept, "a2")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("id_number", "11010519491231002X", "110***********002X"),
        ("credit_code", "91430700000000001X", "914***********001X"),
        ("phone", "13812345678", "138****5678"),
        ("text", "张三丰", "张**"),
        ("date", "1949-12-31", "1*********"),
        ("text", "张", "***"),
        ("boolean", True, "***"),
        ("choice", "disabled", "***"),
        ("integer", 7, "***"),
    ],
)
def test_a_masked_value_is_recognised_by_its_owner_only(kind: str, value: object, shown: str):
    assert masked(kind, value) == shown


@pytest.mark.parametrize("wrong", ["k1:short", "k1:", "k1", f"k1:{key(b'1')[:-4]}"])
def test_a_key_that_is_none_is_refused_at_the_start(wrong: str):
    with pytest.raises(ValueError, match="key|Incorrect padding|base64"):
        Sealer(wrong, key(b"i"))
    with pytest.raises(ValueError, match="key|Incorrect padding|base64"):
        Sealer(f"k1:{key(b'1')}", wrong.partition(":")[2])


def test_a_service_without_keys_does_not_start(monkeypatch: pytest.MonkeyPatch):
    """Secrets have no default."""
    for name in ("SEALING_KEYS", "INDEX_KEY"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(ValidationError) as refused:
        BundleSettings()
    assert {error["loc"] for error in refused.value.errors()} == {("sealing_keys",), ("index_key",)}
