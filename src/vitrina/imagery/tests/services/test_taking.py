"""A picture is taken out of whatever a service calls one."""

from __future__ import annotations

import asyncio
import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vitrina.imagery.ports import Drawn, Order, Outcome, ServiceFault
from vitrina.imagery.taking import count, part, taken
from vitrina.lib.pictures.sides import sides
from vitrina.simulators import pictures_drawn

ORDER = Order("model", "a cup", 320, 200)


def take(found: object, order: Order = ORDER) -> Drawn:
    return asyncio.run(taken("Somebody", found, order))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_bytes_base64_and_data_urls_are_the_same_picture(kind: str) -> None:
    picture = pictures_drawn.drawn("a cup", 320, 200, 1, kind)
    encoded = base64.b64encode(picture.data).decode()
    for found in (picture.data, encoded, f"data:{picture.media_type};base64,{encoded}"):
        drawn = take(found)
        assert (drawn.data, drawn.media_type, drawn.notes) == (picture.data, picture.media_type, ())


def test_another_size_than_the_one_asked_for_is_noted() -> None:
    drawn = take(pictures_drawn.drawn("a cup", 160, 100, 1).data)
    assert drawn.notes == ("Somebody drew 160x100 pixels instead of 320x200.",)


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (None, "nothing in it"),
        (17, "nothing in it"),
        ("", "nothing in it"),
        (b"", "nothing in it"),
        ("not base64!", "broken base64"),
        ("data:image/png;base64,", "nothing in it"),
        (b'{"error":"Too Many Requests"}', "no picture"),
        (b"<html>", "no picture"),
        ("ключ", "broken base64"),
    ],
)
def test_what_is_no_picture_says_so(found: object, why: str) -> None:
    with pytest.raises(ServiceFault) as caught:
        take(found)
    assert caught.value.outcome is Outcome.RETRY_NEW_SEED
    assert str(caught.value) == f"Somebody answered without a picture ({why})."


@given(st.binary(max_size=300), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "AVIF", "BMP", "?"]))
def test_the_sides_of_junk_are_unknown_or_numbers(data: bytes, kind: str) -> None:
    found = sides(data, kind)
    assert found is None or min(found) > 0


@given(
    st.integers(1, 300),
    st.integers(1, 300),
    st.sampled_from(
        [
            ("PNG", {}),
            ("GIF", {}),
            ("JPEG", {}),
            ("JPEG", {"progressive": True}),
            ("WEBP", {}),
            ("WEBP", {"lossless": True}),
        ]
    ),
)
def test_the_sides_are_those_that_a_picture_library_reads(
    width: int, height: int, how: tuple[str, dict[str, bool]]
) -> None:
    kind, options = how
    file = io.BytesIO()
    Image.new("RGB", (width, height), (9, 99, 199)).save(file, kind, **options)
    assert sides(file.getvalue(), kind) == (width, height)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_place_of_an_answer_is_never_an_error(body: object) -> None:
    assert part(body, "data", 0, "b64_json") is None or isinstance(body, dict)
    assert count(body) is None or isinstance(body, int)
