from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.sealing import NotOpened, Sealer, ending, sealer

KEEPER = Sealer(["the installation's own secret"], "test")


@given(text=st.text(), about=st.text(max_size=40))
def test_what_was_sealed_opens_at_its_place_and_shows_nothing(text: str, about: str) -> None:
    sealed = KEEPER.seal(text, about=about)
    assert KEEPER.open(sealed, about=about) == text
    assert len(text) < 8 or text not in sealed
    assert KEEPER.seal(text, about=about) != sealed  # a new nonce each time


@given(place=st.integers(0, 200), junk=st.text(max_size=3))
def test_a_damaged_one_says_so_and_nothing_else(place: int, junk: str) -> None:
    sealed = KEEPER.seal("sk-canary-0123456789", about="openai")
    damaged = sealed[:place] + junk + sealed[place + len(junk) :]
    if damaged == sealed:
        return
    said = ""
    with suppress(NotOpened):
        said = KEEPER.open(damaged, about="openai")
    # Base64 has bits to spare at its end: other letters may mean the same bytes.
    assert said in ("", "sk-canary-0123456789")


def test_it_does_not_open_in_another_row_or_room() -> None:
    sealed = KEEPER.seal("secret", about="openai")
    with pytest.raises(NotOpened):
        KEEPER.open(sealed, about="deepseek")
    with pytest.raises(NotOpened):
        Sealer(["the installation's own secret"], "another").open(sealed, about="openai")


def test_an_old_secret_still_opens_and_the_new_one_seals_anew() -> None:
    sealed = KEEPER.seal("secret", about="a")
    turned = Sealer(["a newer secret", "the installation's own secret"], "test")
    assert turned.open(sealed, about="a") == "secret"
    assert not turned.is_newest(sealed)
    anew = turned.resealed(sealed, about="a")
    assert Sealer(["a newer secret"], "test").open(anew, about="a") == "secret"
    assert turned.resealed(anew, about="a") == anew
    with pytest.raises(NotOpened):
        Sealer(["a newer secret"], "test").open(sealed, about="a")


def test_the_installation_seals_under_its_secret_key(settings: Any) -> None:
    settings.SECRET_KEY = "first"
    sealed = sealer("test").seal("secret", about="a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "second", ["first"]
    assert sealer("test").open(sealed, about="a") == "secret"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(NotOpened):
        sealer("test").open(sealed, about="a")


def test_four_characters_of_a_long_secret_may_be_shown() -> None:
    assert ending("sk-0123456789abcdef") == "cdef"
    assert ending("short") == ""
