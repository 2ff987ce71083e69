"""A signature fits its own body, id, time and secret, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.webhooks import signing

SECRET = signing.new_secret()
ids = st.text(alphabet="abcdef0123456789", min_size=1, max_size=40)
times = st.integers(1, 2**33)


@given(ids, times, st.binary(max_size=500))
def test_what_was_signed_is_genuine_and_what_was_changed_is_not(uid: str, at: int, body: bytes) -> None:
    sent = signing.headers(uid, at, body, [SECRET])
    assert signing.is_genuine(sent, body, SECRET, now=at)
    assert not signing.is_genuine(sent, body + b" ", SECRET, now=at)
    assert not signing.is_genuine(sent | {"webhook-id": uid + "0"}, body, SECRET, now=at)
    assert not signing.is_genuine(sent | {"webhook-timestamp": str(at + 1)}, body, SECRET, now=at)
    assert not signing.is_genuine(sent, body, signing.new_secret(), now=at)
    assert not signing.is_genuine(sent, body, SECRET, now=at + 301)
    assert not signing.is_genuine(sent, body, SECRET, now=at - 301)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_junk_is_not_genuine_and_breaks_nothing(sent: dict[str, str]) -> None:
    assert not signing.is_genuine(sent, b"{}", SECRET, now=0)


def test_with_two_secrets_either_fits() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    sent = signing.headers("evt_1", 1_800_000_000, b"{}", [new, old])
    assert signing.is_genuine(sent, b"{}", old, now=1_800_000_000)
    assert signing.is_genuine(sent, b"{}", new, now=1_800_000_000)


def test_it_is_the_signature_of_the_convention() -> None:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert len(key) == 32
    expected = hmac.new(key, b"evt_1.1800000000.{}", hashlib.sha256).digest()
    sent = signing.headers("evt_1", 1_800_000_000, b"{}", [SECRET])
    assert sent["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        signing.key_of("whsec_это не секрет")
