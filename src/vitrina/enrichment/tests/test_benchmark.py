"""The benchmark: what it reads, how it splits, what it counts, and that it leaves the installation alone."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.enrichment.benchmark import run as running
from vitrina.enrichment.benchmark.figures import Answered, calibration_error, figures, macro_f1
from vitrina.enrichment.benchmark.labelled import Labelled, NotLabelled, read, split
from vitrina.enrichment.benchmark.report import result

FILE = Path(__file__).parent / "data" / "labelled.tsv"


def test_rows_are_read_with_their_brand_and_key() -> None:
    rows = read(FILE.read_text(encoding="utf-8"))
    assert len(rows) == 96
    assert rows[4] == Labelled("Сарафан в горошек", "Одежда > Платья", "Шляпа", "T-005")


def test_categories_may_stand_in_a_file_of_their_own() -> None:
    rows = read("category_id\tean\ttitle\n7\t46\tМыло\n", categories="category_id\tpath\n7\tДом > Мыло\n")
    assert rows == [Labelled("Мыло", "Дом > Мыло", "", "46")]


@pytest.mark.parametrize(
    ("text", "categories", "key", "words"),
    [
        ("name\tprice\nМыло\t1\n", "", "", "needs columns for the title"),
        ("", "", "", "it has: nothing"),
        ("title\tpath\nМыло\tДом\n", "", "ean", "has no column «ean»"),
        ("title\tcategory_id\nМыло\t9\n", "id\tpath\n7\tДом\n", "", "Line 2 names the category «9»"),
        ("title\tcategory_id\nМыло\t9\n", "a\tb\n", "", "needs the columns id and path"),
    ],
)
def test_a_file_that_lacks_something_is_refused_in_words(
    text: str, categories: str, key: str, words: str
) -> None:
    with pytest.raises(NotLabelled, match=words):
        read(text, categories=categories, key=key)


def test_the_split_goes_by_the_hash_of_the_key_not_by_the_order_of_the_file() -> None:
    rows = read(FILE.read_text(encoding="utf-8"))
    shuffled = list(rows)
    random.Random(3).shuffle(shuffled)
    parts = split(rows, learn=5, test=2)
    assert parts == split(shuffled, learn=5, test=2)
    assert (len(parts.learn), len(parts.test)) == (60, 24)
    assert not {row.key for row in parts.learn} & {row.key for row in parts.test}


answers = st.lists(
    st.builds(
        Answered,
        key=st.text(max_size=4),
        right=st.integers(1, 5),
        chosen=st.none() | st.integers(1, 5),
        candidates=st.lists(st.integers(1, 5), max_size=5).map(tuple),
        confidence=st.none() | st.floats(0, 1),
        seconds=st.floats(0, 2),
    ),
    max_size=60,
)


@given(answers)
def test_figures_are_shares_of_whatever_was_answered(given_: list[Answered]) -> None:
    found = figures(given_)
    assert found["rows"] == len(given_)
    assert 0 <= found["top_1"] <= found["top_3"] <= found["top_20"] <= 1
    assert 0 <= found["macro_f1"] <= 1
    assert 0 <= found["auto_share"] <= 1
    assert (found["auto_precision"] is None) == (found["auto_share"] == 0)


def test_macro_f1_counts_every_category_alike() -> None:
    rows = [Answered(str(n), 1, 1, (), 1.0) for n in range(9)] + [Answered("x", 2, 1, (), 1.0)]
    # 1: precision 9/10, recall 1; 2: nothing right.
    assert macro_f1(rows) == pytest.approx((2 * 0.9 / 1.9 + 0) / 2)


def test_the_calibration_error_is_the_distance_from_the_truth() -> None:
    assert calibration_error([]) is None
    assert calibration_error([(0.9, True)] * 9 + [(0.9, False)]) == pytest.approx(0)
    assert calibration_error([(0.9, False)] * 10) == pytest.approx(0.9)


def test_unknown_confidence_is_never_applied() -> None:
    rows = [Answered(str(n), 1, 1, (1,), None) for n in range(400)]
    assert figures(rows)["auto_share"] == 0
    assert figures(rows)["confidence_unknown"] == 1


@pytest.mark.django_db
def test_it_learns_asks_and_measures() -> None:
    parts = split(read(FILE.read_text(encoding="utf-8")), learn=6, test=2)
    measured = running.run(parts, describe=2)
    found = result(measured, parts, target=0.95, model="")
    assert found["rows"] == 24
    assert found["categories"] == 12
    assert found["sources"] == {"offline": 24}
    assert found["top_1"] >= 0.8
    assert found["top_20"] == 1
    assert found["cost_usd"] == "0"
    assert found["described"] == 2
    assert found["errors"] == {}
    assert all(one.confidence is not None for one in measured.answers)


def test_the_command_works_apart_from_the_installation(tmp_path: Path) -> None:
    data = tmp_path / "installation"
    arguments = [
        sys.executable,
        "-m",
        "vitrina.config.cli",
        "benchmark_ai",
        str(FILE),
        "--learn",
        "6",
        "--test",
        "2",
    ]
    environment = {**os.environ, "VITRINA_DATA_DIR": str(data), "PYTHONPATH": os.pathsep.join(sys.path)}

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*arguments, *more], env=environment, capture_output=True, text=True, check=False
        )

    out = tmp_path / "figures.json"
    done = run("--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "right, first choice" in done.stdout
    assert json.loads(out.read_text(encoding="utf-8"))["rows"] == 24
    assert not (data / "vectors").exists()
    assert not (data / "vitrina.sqlite3").exists()
    compared = run("--compare", str(out))
    assert compared.returncode == 0, compared.stderr
    assert "+0.0000" in compared.stdout
    refused = run("--key", "none")
    assert refused.returncode == 1
    assert "has no column «none»" in refused.stderr
    assert "Traceback" not in refused.stderr
