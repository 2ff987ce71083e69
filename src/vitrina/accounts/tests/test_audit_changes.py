"""What a line of the audit log says changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.accounts.audit_changes import changes

NOTHING = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(NOTHING, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


def told(before: Any, after: Any) -> list[str]:
    """Each change in one line, as the page shows it."""
    return [
        f"{change.name}: "
        + (
            change.after
            if change.stayed or not change.was
            else f"{change.before} →"
            if not change.now
            else f"{change.before} → {change.after}"
        )
        for change in changes(before, after, lambda name: name.upper())
    ]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (None, None, []),
        ({"on": True}, {"on": False}, ["ON: ✓ → ✗"]),
        (None, {"name": "склад", "scopes": ["read", "write"]}, ["NAME: склад", "SCOPES: read, write"]),
        ({"name": "Шапка", "url": "a"}, {"name": "Шапка", "url": "b"}, ["NAME: Шапка", "URL: a → b"]),
        ({"url": "a", "on": True}, {"url": "b", "on": True}, ["URL: a → b"]),
        ({"device": "Firefox"}, None, ["DEVICE: Firefox →"]),
        ({"state": "dead"}, {"state": "dead"}, ["STATE: dead"]),
        ({"price": None}, {"price": "0.27"}, ["PRICE: — → 0.27"]),
        (
            {"limits": {"cost": {"day": 1, "month": 9}, "tokens": 5}},
            {"limits": {"cost": {"day": 2, "month": 9}, "tokens": 5}},
            ["LIMITS · COST · DAY: 1 → 2"],
        ),
        (
            {"resolution": "", "edits": None},
            {"resolution": "approved", "edits": {"title": {"before": "Платье", "after": "Платье из хлопка"}}},
            ["RESOLUTION: — → approved", "EDITS · TITLE: Платье → Платье из хлопка"],
        ),
        (
            {"models": [{"provider": "a", "model": "x"}, {"provider": "b", "model": "y"}]},
            {"models": [{"provider": "b", "model": "y"}]},
            ["MODELS: PROVIDER a, MODEL x; PROVIDER b, MODEL y → PROVIDER b, MODEL y"],
        ),
        ("было", "стало", [": было → стало"]),
    ],
)
def test_changed_fields_stand_with_both_values(before: Any, after: Any, lines: list[str]) -> None:
    assert told(before, after) == lines


@given(JSON, JSON)
def test_whatever_was_written_is_told(before: Any, after: Any) -> None:
    for change in changes(before, after, str):
        assert change.was or change.now
        assert change.before
        assert change.after


@given(
    st.dictionaries(st.text(min_size=1), st.integers()), st.dictionaries(st.text(min_size=1), st.integers())
)
def test_no_changed_field_is_left_out(before: dict[str, int], after: dict[str, int]) -> None:
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert {change.name for change in changes(before, after, str) if not change.stayed} == changed
