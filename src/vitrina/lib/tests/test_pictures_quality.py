"""The quality check: points and levels, what each detector sees, and that nothing makes it raise."""

from __future__ import annotations

import hashlib
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from vitrina.lib.pictures.likeness import likeness
from vitrina.lib.pictures.quality import issues, judging
from vitrina.lib.pictures.quality.blobs import blobs
from vitrina.lib.pictures.quality.characters import writing
from vitrina.lib.pictures.quality.compression import block_borders, missing_tones
from vitrina.lib.pictures.quality.emptiness import flat_below
from vitrina.lib.pictures.quality.judged import (
    ACCEPTABLE,
    EXCELLENT,
    GOOD,
    POOR,
    Expected,
    Issue,
    judged,
    level_of,
    restored,
    score_of,
)
from vitrina.lib.pictures.quality.noise import grain, unrelated
from vitrina.lib.pictures.quality.placeholders import KNOWN, Placeholder
from vitrina.lib.pictures.quality.repeats import repetition
from vitrina.lib.pictures.quality.subject_color import apart
from vitrina.lib.tests.picture_files import saved

ANYTHING = Expected()


def scene(size: tuple[int, int] = (640, 480), seed: int = 3) -> Image.Image:
    """Patches of colour with sharp borders and a little noise: a picture that nothing is wrong with."""
    dice = random.Random(seed)
    image = Image.new("RGB", size, (120, 150, 190))
    draw = ImageDraw.Draw(image)
    for _patch in range(60):
        x, y = dice.randrange(size[0]), dice.randrange(size[1])
        box = (x, y, x + dice.randrange(20, 160), y + dice.randrange(20, 120))
        draw.ellipse(box, fill=(dice.randrange(256), dice.randrange(256), dice.randrange(256)))
    fine = Image.frombytes("RGB", size, dice.randbytes(size[0] * size[1] * 3))
    return Image.blend(image, fine, 0.02)


def codes(image: Image.Image, expected: Expected = ANYTHING, kind: str = "PNG") -> set[str]:
    told = judging.judge(saved(image, kind), f"image/{kind.lower()}", expected)
    return {issue.code for issue in told.issues}


def test_nothing_is_said_of_a_picture_as_it_was_ordered() -> None:
    told = judging.judge(saved(scene()), "image/png", Expected(640, 480))
    assert (told.score, told.level, told.issues) == (100, EXCELLENT, ())
    assert told.prepared is not None
    assert set(told.seen) >= {"contrast", "sharpest_part", "characters", "block_borders"}


@pytest.mark.parametrize(
    ("score", "level"),
    [(100, EXCELLENT), (90, EXCELLENT), (89, GOOD), (70, GOOD), (69, ACCEPTABLE), (50, ACCEPTABLE), (49, POOR), (0, POOR)],
)  # fmt: skip
def test_levels_begin_where_they_are_said_to(score: int, level: str) -> None:
    assert level_of(score) == level


@given(st.lists(st.builds(Issue, st.text(), st.integers(0, 100), st.just("x"), st.just({}), st.booleans())))
def test_every_issue_takes_its_points_and_one_that_spoils_leaves_a_poor_picture(found: list[Issue]) -> None:
    score = score_of(found)
    assert 0 <= score <= 100
    assert score <= max(0, 100 - sum(issue.points for issue in found))
    if any(issue.spoils for issue in found):
        assert judged(found, None).level == POOR
    else:
        assert score == max(0, 100 - sum(issue.points for issue in found))
    assert [restored(issue.kept()) for issue in found] == found


def test_size_and_bytes_cost_what_they_are_said_to() -> None:
    flat = Image.new("RGB", (200, 150), "red")
    ImageDraw.Draw(flat).rectangle((40, 40, 120, 90), fill="blue")
    points = {issue.code: issue.points for issue in judging.judge(saved(flat), "", Expected(300, 150)).issues}
    assert {issues.TINY_FILE: 50, issues.TOO_SMALL: 30, issues.OTHER_SIZE: 15}.items() <= points.items()
    assert issues.OTHER_SIZE not in codes(scene(), Expected(690, 430))
    assert issues.OTHER_SIZE in codes(scene(), Expected(691, 480))


def test_bytes_of_another_kind_than_told_are_named() -> None:
    data = saved(scene(), "JPEG")
    assert issues.OTHER_KIND in {issue.code for issue in judging.judge(data, "image/png", Expected()).issues}
    for told in ("image/jpg", "image/jpeg; q=1", "", "application/octet-stream"):
        assert not judging.judge(data, told, Expected()).issues


def test_a_known_placeholder_is_nobodys_picture_by_bytes_and_by_look() -> None:
    image = scene(seed=8)
    data = saved(image)
    by_bytes = Placeholder(hashlib.md5(data, usedforsecurity=False).hexdigest(), None, "ours", "drawn here")
    by_look = Placeholder("", likeness(image), "ours", "drawn here")
    again = saved(image.resize((512, 384)), "JPEG", quality=80)
    for sent, known in ((data, by_bytes), (again, by_look)):
        told = judging.judge(sent, "", Expected(), [known])
        assert (told.score, told.issues[0].code) == (0, issues.PLACEHOLDER)
    assert not judging.judge(again, "", Expected(), [by_bytes]).issues
    assert all(one.md5 or one.likeness is not None for one in KNOWN)
    assert all(len(one.md5) in (0, 32) and one.source for one in KNOWN)


@pytest.mark.parametrize("color", ["black", "white", "#808080", "#c01020"])
def test_a_picture_of_one_colour_is_poor_whatever_its_bytes(color: str) -> None:
    noise = Image.frombytes("RGB", (640, 480), random.Random(1).randbytes(640 * 480 * 3))
    image = Image.blend(Image.new("RGB", (640, 480), color), noise, 0.012)
    told = judging.judge(saved(image), "image/png", Expected())
    assert [issue.code for issue in told.issues] == [issues.UNIFORM]
    assert told.level == POOR


def test_the_rest_of_a_file_that_was_cut_short_is_grey() -> None:
    image = scene()
    image.paste((128, 128, 128), (0, 300, 640, 480))
    assert flat_below(image) == pytest.approx(180 / 480, abs=0.01)
    assert codes(image) == {issues.CUT_SHORT}
    assert flat_below(scene()) == 0


def test_a_gradient_and_a_blurred_scene_have_no_detail_and_a_soft_one_is_soft() -> None:
    assert codes(Image.linear_gradient("L").resize((640, 480), Image.Resampling.BICUBIC).convert("RGB")) & {
        issues.NO_DETAIL,
        issues.UNIFORM,
    }
    assert issues.NO_DETAIL in codes(scene().filter(ImageFilter.GaussianBlur(9)))
    assert issues.SOFT in codes(scene((1024, 768)).filter(ImageFilter.GaussianBlur(2.4)))
    assert issues.SOFT not in codes(scene())


def test_noise_has_nothing_in_common_with_itself_and_grain_is_measured_in_tones() -> None:
    noise = Image.frombytes("RGB", (640, 480), random.Random(2).randbytes(640 * 480 * 3))
    assert codes(noise) == {issues.NOISE}
    assert unrelated(noise.convert("L")) == pytest.approx(0.75, abs=0.02)
    assert unrelated(scene().convert("L")) < 0.1
    grey = Image.new("L", (400, 400), 128)
    dots = Image.frombytes("L", (400, 400), random.Random(3).randbytes(160_000))
    even = Image.blend(grey, dots, 0.2)
    assert grain(even) == pytest.approx(
        0.2 * 73.9, rel=0.1
    )  # of 0 … 255, evenly thrown, the deviation is 73.9
    assert grain(grey) == 0


@given(times=st.integers(2, 4), seed=st.integers(0, 50))
@settings(max_examples=12, deadline=None)
def test_the_same_piece_again_fits_itself(times: int, seed: int) -> None:
    piece = scene((768 // times, 576 // times), seed)
    whole = Image.new("RGB", (768, 576))
    for row in range(times):
        for column in range(times):
            whole.paste(piece, (column * piece.width, row * piece.height))
    assert repetition(whole.convert("L")) > 0.9
    assert repetition(scene((768, 576), seed).convert("L")) < 0.6


def test_missing_tones_and_squares_are_seen_in_pixels_that_nobody_resized() -> None:
    image = scene()
    few = image.point([value // 32 * 36 for value in range(256)] * 3)
    assert (missing_tones(few) or 0) > 0.8
    assert (missing_tones(image) or 0) < 0.4
    assert missing_tones(Image.new("RGB", (64, 64), "red")) is None
    pressed = Image.open(io.BytesIO(saved(image, "JPEG", quality=4))).convert("L")
    assert block_borders(pressed) > 1
    assert block_borders(image.convert("L")) < 0.5


def written(words: str, *, turned: int = 0, size: int = 40) -> Image.Image:
    canvas = scene((1024, 768))
    layer = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(layer).text((180, 340), words, fill=255, font=ImageFont.load_default(size))
    canvas.paste("black", (0, 0), layer.filter(ImageFilter.MaxFilter(9)).rotate(turned))
    canvas.paste("white", (0, 0), layer.rotate(turned))
    return canvas


@pytest.mark.parametrize("turned", [0, 30, -35])
def test_words_are_seen_whichever_way_they_slant(turned: int) -> None:
    image = written("made with love and care", turned=turned)
    assert codes(image) & {issues.WORDS, issues.WATERMARK}
    assert not codes(image, Expected(may_have_words=True)) & {issues.WORDS}


def test_dots_in_a_row_that_are_all_alike_are_no_words() -> None:
    image = Image.new("L", (512, 384), 40)
    draw = ImageDraw.Draw(image)
    for x in range(40, 470, 16):
        draw.rectangle((x, 180, x + 8, 192), fill=230)
    assert writing(image).longest == 0


def test_marks_that_touch_are_one_and_too_many_are_none() -> None:
    mask = Image.new("L", (60, 40), 0)
    draw = ImageDraw.Draw(mask)
    draw.line((5, 5, 5, 20), fill=255)
    draw.line((15, 5, 15, 20), fill=255)
    draw.line((5, 20, 15, 20), fill=255)  # a U: two arms that meet below
    draw.point((40, 30), fill=255)
    found = blobs(mask)
    assert found is not None
    assert [(one.left, one.top, one.wide, one.high, one.filled) for one in found] == [
        (5, 5, 11, 16, 41),
        (40, 30, 1, 1, 1),
    ]
    assert blobs(Image.frombytes("L", (400, 400), bytes(255 * (at % 2) for at in range(160_000)))) is None


@given(st.data())
@settings(max_examples=30)
def test_marks_hold_every_pixel_of_the_mask_once(data: st.DataObject) -> None:
    wide, high = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 12))
    pixels = data.draw(st.lists(st.sampled_from([0, 255]), min_size=wide * high, max_size=wide * high))
    found = blobs(Image.frombytes("L", (wide, high), bytes(pixels)))
    assert found is not None
    assert sum(one.filled for one in found) == sum(pixel == 255 for pixel in pixels)
    assert all(0 <= one.left < one.right <= wide and 0 <= one.top < one.bottom <= high for one in found)


@pytest.mark.parametrize(
    ("asked", "shown", "is_it"),
    [
        ("#c41822", "#8d1119", True),  # the same red in the shade
        ("#c41822", "#1c4ab0", False),
        ("#ececea", "#c9cbca", True),  # white in an evening
        ("#ececea", "#1a1a1c", False),
        ("#a4a8ac", "#c41822", False),
        ("#247e40", "#eec418", False),
    ],
)
def test_a_colour_is_compared_by_hue_and_what_has_none_by_lightness(
    asked: str, shown: str, is_it: bool
) -> None:
    told = apart(
        asked, [{"hex": shown, "share": 0.8, "name": ""}, {"hex": "#000000", "share": 0.05, "name": ""}]
    )
    assert told is not None
    assert (told[0] <= 1, told[1]) == (is_it, shown)
    assert apart(asked, []) is None


@given(st.binary(max_size=400), st.text(max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_bytes_make_it_raise(data: bytes, media_type: str) -> None:
    for sent in (data, b"\xff\xd8\xff" + data, b"\x89PNG\r\n\x1a\n" + data):
        told = judging.judge(sent, media_type, Expected(100, 100, "#112233"))
        assert (told.prepared, told.level) == (None, POOR)
        assert all(str(issue) for issue in told.issues)
