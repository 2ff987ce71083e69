"""Genre × type as a scene: sizes and guidance of the table, the order of the prompt, what must not be seen."""

from __future__ import annotations

import json

import pytest

from vitrina.books.models import Genre, PassageType
from vitrina.books.recipe import DATA, MOST_LOOKS, Look, scene
from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Abilities, Style
from vitrina.imagery.scene import Recipe

EVERY_PAIR = [(genre, type_) for genre in Genre.values for type_ in PassageType.values]


@pytest.mark.parametrize(("genre", "passage_type"), EVERY_PAIR)
def test_every_genre_and_type_make_a_scene_that_any_model_can_be_told(genre: str, passage_type: str) -> None:
    made = scene("a dark castle on a cliff", passage_type=passage_type, genre=genre)
    assert made.recipe is Recipe.BOOK_SCENE
    assert made.parts[0] == "a dark castle on a cliff"
    # Nothing that must not be seen is without a way to say it, and no way names it.
    prose = compiled(made, Options(), Abilities(has_guidance=True), "any", 1)
    assert [one.code for one in prose.dropped] == []
    keywords = compiled(made, Options(), Abilities(style=Style.KEYWORDS, has_negative=True), "any", 1)
    for exclusion in made.exclusions:
        assert exclusion.words in keywords.order.negative
        assert exclusion.instead.lower() in prose.order.prompt.lower()
        assert exclusion.words not in prose.order.prompt


@pytest.mark.parametrize(
    ("passage_type", "genre", "size", "guidance"),
    [
        ("atmosphere", "fantasy", (1024, 768), 7.5),
        ("action", "other", (1024, 768), 7.5),
        ("character", "romance", (768, 1024), 8.0),
        ("location", "historical", (1280, 768), 7.0),
        ("location", "horror", (1280, 768), 8.5),
        ("character", "detective", (768, 1024), 8.5),
        ("object", "science_fiction", (1024, 768), 7.5),
    ],
)
def test_size_and_guidance_are_those_of_the_table(
    passage_type: str, genre: str, size: tuple[int, int], guidance: float
) -> None:
    made = scene("a lamp", passage_type=passage_type, genre=genre)
    assert ((made.width, made.height), made.guidance, made.steps) == (size, guidance, 30)


def test_high_quality_and_proportions_are_the_persons_wish() -> None:
    made = scene("a lamp", passage_type="location", genre="horror")
    order = compiled(
        made, Options(is_high_quality=True, ratio=(16, 9)), Abilities(has_guidance=True), "any", 1
    ).order
    assert (order.guidance, order.steps, order.width, order.height) == (9.5, 50, 2048, 1152)


def test_the_prompt_goes_from_what_is_seen_to_how() -> None:
    made = scene(
        "an old woman by a window.",
        passage_type="character",
        genre="historical",
        looks=[Look("Германн", "young officer, black eyes."), Look("Nobody", "  ")],
    )
    told = compiled(
        made, Options(style=("in sepia",)), Abilities(style=Style.KEYWORDS), "any", 1
    ).order.prompt
    pieces = [
        "an old woman by a window",
        "Germann: young officer, black eyes",
        "one person is the subject",
        "academic oil painting",
        "true materials",
        "three-quarter portrait",
        "in sepia",
    ]
    places = [told.index(piece) for piece in pieces]
    assert places == sorted(places)
    assert "Nobody" not in told


def test_only_so_many_looks_are_told() -> None:
    looks = [Look(f"Name{number}", "tall") for number in range(MOST_LOOKS + 2)]
    made = scene("a room", passage_type="location", genre="other", looks=looks)
    assert made.parts[1].count(": tall") == MOST_LOOKS


def test_an_unknown_genre_is_the_plain_one_and_an_empty_description_is_refused() -> None:
    plain = scene("a room", passage_type="location", genre="other")
    assert scene("a room", passage_type="location", genre="western") == plain
    with pytest.raises(ValueError, match="description"):
        scene(" . ", passage_type="location", genre="other")


def test_the_data_have_every_genre_and_type_that_a_book_can_have() -> None:
    recipes = json.loads(DATA.read_text(encoding="utf-8"))
    assert set(recipes["genres"]) == set(Genre.values)
    assert set(recipes["types"]) == set(PassageType.values)
    for genre in recipes["genres"].values():
        assert set(genre) == {"style", "quality", "mood", "avoid"}
    for row in [
        *recipes["everywhere"],
        *(row for genre in recipes["genres"].values() for row in genre["avoid"]),
    ]:
        assert row["words"]
        assert row["instead"]
