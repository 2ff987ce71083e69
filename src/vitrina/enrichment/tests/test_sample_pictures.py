from __future__ import annotations

import io

import pytest
from PIL import Image

from vitrina.catalog.pictures import places
from vitrina.enrichment.sample import making
from vitrina.enrichment.sample.pictures import drawn, kinds

FIRST = sorted(address for address in drawn._offers() if address.endswith("-1.jpg"))


def test_every_picture_of_the_feed_is_drawn_here() -> None:
    assert len(drawn._offers()) == 520
    assert {address.split("/")[2] for address in drawn._offers()} == {making.HOST}
    assert places.maker_of(making.HOST) is making.make
    with pytest.raises(LookupError):
        making.make(f"https://{making.HOST}/img/none.jpg")


@pytest.mark.parametrize("address", FIRST[::23])
def test_a_product_is_drawn_on_white_as_marketplaces_want_it_and_always_the_same(address: str) -> None:
    data = making.make(address)
    assert making.make(address) == data
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (750, 1000))
        corners = [image.getpixel(place) for place in ((0, 0), (749, 0), (0, 999), (749, 999))]
        assert corners == [(255, 255, 255)] * 4
        inked = sum(image.convert("L").histogram()[:240])
        assert 0.03 < inked / (750 * 1000) < 0.75


def test_the_pictures_of_one_product_differ() -> None:
    assert len({drawn.drawn("Кружка «Лиса»", "", number) for number in (1, 2, 3, 4)}) == 4


def test_everything_that_is_sold_has_a_drawing_of_its_own() -> None:
    titles = {title for title, _said in drawn._offers().values()}
    plain = {title for title in titles if kinds.recipe_for(title) is kinds.ANYTHING}
    assert plain == set()


def test_the_colour_is_the_one_that_the_seller_names() -> None:
    assert kinds.colour_for("Поло мужское", "тёмно-синий") == kinds.colour_for("Поло, тёмно-синее", "")
    assert kinds.colour_for("Платье", "белый") != kinds.colour_for("Платье", "чёрный")
    assert kinds.colour_for("Фен", "") == kinds.colour_for("Фен", "")


def test_only_a_name_that_is_nobodys_may_be_made_here() -> None:
    with pytest.raises(ValueError, match="may be somebody's"):
        places.made_here("shop.ru", lambda url: b"")
