"""What a passage shows, told by its words."""

from __future__ import annotations

import pytest

from vitrina.books.models import PassageType
from vitrina.books.passage_types import DEFAULT, SAYS, type_of
from vitrina.books.tagging import tagged


@pytest.mark.parametrize(
    ("text", "language", "meant", "word"),
    [
        ("За широким полем лежала деревня: избы, церковь, колодец и старая мельница у реки.", "ru", "location", "деревня"),
        ("На нём был зелёный кафтан и высокие сапоги; седая борода, острый нос, глаза под густыми бровями.", "ru", "character", "кафтан"),
        ("Туман и сумрак; вдали гремел гром, сверкали молнии, ветер нёс холодный дождь.", "ru", "atmosphere", "туман"),
        ("Всадник скакал, они бежали за ним, стреляли, падали и снова мчались вперёд.", "ru", "action", "скакал"),
        ("На подносе лежали кинжал, перстень, кошелёк, ключик и часы с золотой цепочкой.", "ru", "object", "кинжал"),
        ("Beyond the forest a river ran past the castle to the village and its old church.", "en", "location", "castle"),
        ("He wore a velvet cloak and boots; his beard was grey, his nose sharp, his eyes bright.", "en", "character", "cloak"),
        ("Thunder and lightning; a cold wind, dark mist, and the glow of fire at twilight.", "en", "atmosphere", "mist"),
    ],
)  # fmt: skip
def test_the_type_is_what_most_words_speak_of(text: str, language: str, meant: str, word: str) -> None:
    typed = type_of(tagged(text, language))
    assert typed.type == meant, typed
    assert word in typed.words
    assert typed.scores[meant] == max(typed.scores.values())


def test_words_that_show_nothing_leave_the_widest_type() -> None:
    assert type_of(tagged("Он подумал об этом и решил, что так нельзя.", "ru")).type == DEFAULT
    assert type_of([]).words == ()


def test_the_types_are_those_that_a_passage_may_have() -> None:
    assert {type_ for weights in SAYS.values() for type_ in weights} == set(PassageType.values)
    assert DEFAULT in PassageType.values
