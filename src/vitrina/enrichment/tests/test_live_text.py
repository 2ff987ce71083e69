from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment import live_text
from vitrina.enrichment.live_text import LONGEST, as_written, reading_along

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.fixed_dictionaries({}, optional={"title": junk, "description": junk, "key_benefits": junk}))
def test_whatever_a_model_has_written_so_far_reads_as_text(answer: dict[str, Any]) -> None:
    assert len(as_written(answer)) <= LONGEST


def test_tags_are_read_and_not_shown_even_where_one_is_half_written() -> None:
    answer = {
        "title": "Шляпа",
        "description": "<p>Из фетра.</p><ul><li>тёплая</li><li>лёгк</l",
        "key_benefits": ["Греет", "Не"],
    }
    assert as_written(answer) == "Шляпа\n\nИз фетра.\n\nтёплая\nлёгк\n\n• Греет\n• Не"


def test_followers_are_told_a_few_times_a_second_however_fast_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter(piece * 0.03 for piece in range(100))
    monkeypatch.setattr(live_text.time, "monotonic", lambda: next(now))
    told: list[str] = []
    hear = reading_along(told.append)
    for piece in range(100):
        hear({"title": "я" * piece})
    assert 10 <= len(told) <= 12
    assert told == sorted(told, key=len)
