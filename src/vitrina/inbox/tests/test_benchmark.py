"""The figures that the rules must hold on the rows that come with them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from vitrina.inbox import benchmark, halves
from vitrina.inbox.halves import agreement
from vitrina.inbox.hearing.escalation import Escalation
from vitrina.inbox.hearing.intent import Intent, Sentiment
from vitrina.inbox.priority import Priority

LEAST = {"priority": 0.85, "intent": 0.80, "sentiment": 0.75, "escalation": 0.85}


def test_the_labels_are_words_of_ours_and_half_of_the_rows_are_held_out() -> None:
    rows = halves.labelled()
    assert len(rows) >= 320
    assert len({(row.kind, row.rating, row.text, row.pros, row.cons) for row in rows}) == len(rows)
    assert abs(sum(row.held_out for row in rows) / len(rows) - 0.5) < 0.05
    for row in rows:
        assert row.intent in set(Intent)
        assert row.sentiment in set(Sentiment)
        assert row.priority in {priority.word for priority in Priority}
        assert row.escalations <= set(Escalation)


@pytest.mark.parametrize(
    "figure", benchmark.of_labelled(halves.labelled()), ids=lambda f: f"{f.what}-{f.rows}"
)
def test_the_rules_agree_with_the_labels(figure: benchmark.Figure) -> None:
    assert figure.agreement.rows
    assert figure.agreement.macro_f1 >= LEAST[figure.what]


def test_macro_f1_is_the_mean_over_the_labels() -> None:
    found = agreement([("a", "a"), ("a", "b"), ("b", "b"), ("c", "a")])
    assert found.f1 == pytest.approx({"a": 0.5, "b": 2 / 3, "c": 0.0})
    assert found.macro_f1 == pytest.approx((0.5 + 2 / 3) / 3)
    assert found.accuracy == 0.5


def test_the_command_shows_the_figures_of_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(
        "id,rating,text\n"
        + "".join(f"{n},{1 if n % 2 else 5},{'Ужас, сломался' if n % 2 else 'Отлично'}\n" for n in range(20)),
        encoding="utf-8",
    )
    out = StringIO()
    call_command("benchmark_inbox", reviews=file, stdout=out)
    lines = [line for line in out.getvalue().splitlines() if "needs attention" in line]
    assert len(lines) == 3
    assert all("1.000" in line for line in lines)
    assert "ms per text" in out.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,stars\n1,5\n", "no column rating, text"),
        ("id,rating,text\n1,7,x\n", "Row 2: the rating must be 1 to 5"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=sentence):
        call_command("benchmark_inbox", reviews=file, stdout=StringIO())
