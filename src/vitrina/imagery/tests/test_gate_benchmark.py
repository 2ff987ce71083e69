"""The set that the quality check is measured on, and a sample of its figures; `vitrina benchmark_images --gate` has all of them."""

from __future__ import annotations

from io import StringIO
from itertools import islice

import pytest
from rich.console import Console

from vitrina.imagery.benchmark import figures, pairs, report
from vitrina.imagery.benchmark.breaking import BREAKAGES, broken, clean
from vitrina.imagery.benchmark.drawing import HELD_OUT_KINDS, KINDS, Order, draw, orders
from vitrina.lib.pictures.quality import judging
from vitrina.lib.pictures.quality.judged import EXCELLENT

SAMPLE = [order for order in orders(1) if order.kind in ("mountains", "room", "on_white", "car_street")]


def test_there_are_clean_pictures_of_every_kind_in_four_sizes_and_a_good_part_is_held_out() -> None:
    wanted = list(orders())
    assert len(wanted) >= 60
    assert len(wanted) * len(BREAKAGES) >= 200
    assert {order.kind for order in wanted} == set(KINDS)
    assert {order.size for order in wanted} == {(1024, 768), (768, 1024), (1024, 1024), (1280, 768)}
    held = [order for order in wanted if order.is_held_out]
    assert len(wanted) / 3 < len(held) < 2 * len(wanted) / 3 + 1
    assert {order.kind for order in wanted if not order.is_held_out}.isdisjoint(HELD_OUT_KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_order_draws_the_same_picture_of_the_size_it_asks_for(kind: str) -> None:
    order = Order(kind, 7, (320, 256), "red")
    image = draw(order)
    assert (image.mode, image.size) == ("RGB", (320, 256))
    assert image.tobytes() == draw(order).tobytes()
    assert image.tobytes() != draw(Order(kind, 8, (320, 256), "red")).tobytes()


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_every_breakage_is_told_and_takes_points(breakage: object) -> None:
    assert breakage in BREAKAGES
    told = []
    for order in SAMPLE:
        image = draw(order)
        before = image.tobytes()
        wrong = broken(breakage, order, image, clean(order, image))  # type: ignore[arg-type]
        assert image.tobytes() == before
        if wrong is not None:
            told.append(judging.judge(wrong.data, wrong.media_type, wrong.expected))
    assert told
    assert all(one.score < 100 for one in told)
    codes = breakage.told_as  # type: ignore[attr-defined]
    assert all(not codes.isdisjoint({issue.code for issue in one.issues}) for one in told)


def test_nothing_is_said_of_clean_pictures() -> None:
    for order in SAMPLE:
        answer = clean(order, draw(order))
        told = judging.judge(answer.data, answer.media_type, answer.expected)
        assert (told.issues, told.score, told.level) == ((), 100, EXCELLENT), order.kind


def test_the_product_is_told_from_another_colour_and_another_shape() -> None:
    found = list(islice(pairs.pairs(held_out=True, every_nth=5), 60))
    known = [pair for pair in found if pair.change != "outline" or pair.behind != "scene"]
    assert len(known) >= 20
    assert sum(pair.compared.is_same is (pair.change == "") for pair in known) / len(known) >= 0.9
    assert all(pair.compared.is_shape_known is False for pair in found if pair.behind == "scene")


def test_the_report_prints_both_halves_and_says_whether_limits_were_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = [one for order in SAMPLE[:2] for one in figures.of_order(order)]
    monkeypatch.setattr(report, "seen", lambda rounds, every: iter(few))
    out = StringIO()
    assert report.print_gate(Console(file=out, width=160), every=17, with_mistakes=True) is True
    assert "tuned on" in out.getvalue()
    assert "clean, nothing said" in out.getvalue()
    assert "surely wrong" in out.getvalue()
    assert "ms of CPU" in out.getvalue()
    wrong = figures.Seen(figures.CLEAN, "sea", False, False, ("soft",), "good", 1.0)
    monkeypatch.setattr(report, "seen", lambda rounds, every: iter([*few, wrong]))
    assert report.print_gate(Console(file=StringIO()), every=17) is False
