from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.spreadsheet_cells import defuse_cell, restore_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\x00=1",
        "＝1",
        "＋1",
        "－1",
        "＠A",
        " =1",
        "'=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert defuse_cell(text) == f"'{text}"
    assert restore_cell(defuse_cell(text)) == text


@pytest.mark.parametrize("text", ["", "Мышь", "-5", "+7", "-5,2", "3.14", "a=b", "'quoted'", "1-2", "5%"])
def test_ordinary_text_and_numbers_are_left_alone(text: str) -> None:
    assert defuse_cell(text) == text
    assert restore_cell(text) == text


@given(st.text() | st.text(st.sampled_from("'=+-@ \t1,．＝a")))
def test_restoring_undoes_guarding(text: str) -> None:
    assert restore_cell(defuse_cell(text)) == text


@given(st.text(st.sampled_from("'=+-@ \t1a")))
def test_nothing_guarded_begins_with_a_formula(text: str) -> None:
    guarded = defuse_cell(text).lstrip(" ")
    assert not guarded.startswith(("=", "@", "\t"))
