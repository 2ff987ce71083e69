"""Finding passages: descriptions come first, talk never does, and any text at all is borne."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.books.finding import BETWEEN_PICKS, LEAST_PRIORITY, MOST_FOUND, WORTH_A_PICTURE, find
from vitrina.books.names import names_in
from vitrina.books.reading.opening import read
from vitrina.books.speech import spoken

SAMPLES = Path(
    os.environ.get("VITRINA_SAMPLE_BOOKS", Path(__file__).parents[5] / "shared" / "data" / "books")
)
SAMPLE_BOOKS = [
    "en_carroll_alice_pg11.txt",
    "en_childrens-literature.epub",
    "ru_pushkin_arap-petra-velikogo.txt",
    "ru_pushkin_pikovaya-dama.fb2",
]

ROOM = (
    "В старом доме над рекой горела одна свеча. Её бледный свет дрожал на каменных стенах, на тяжёлых бархатных "
    "занавесках и на круглом дубовом столе, покрытом белой скатертью. Над камином висел тёмный портрет в золочёной раме, "
    "а за узким окном лежал глубокий синий снег."
)
TALK = [
    "— Ты опять опоздал, — сказала она и посмотрела на него, — я же просила тебя прийти пораньше, а ты снова не пришёл.",
    "— Я знаю, — ответил он, — но меня задержали, и я никак не мог уйти оттуда раньше, чем они кончили говорить.",
    "— Хорошо, забудем об этом, — решила она, — только больше так не делай, потому что мне это надоело.",
]
THOUGHT = (
    "Он думал, что всё это могло быть иначе, если бы он тогда решился и сказал ей, чего он хотел и почему он молчал, "
    "но теперь он понимал, что она давно забыла его и что ничего уже нельзя было изменить, как бы он ни старался."
)
GARDEN = (
    "Behind the grey stone house lay a long green garden with white roses and tall dark yews. A narrow path of yellow "
    "gravel ran between low mossy walls to a round pond, where golden fish glimmered under broad leaves, and beyond the "
    "gate blue mist hung over the silent meadows."
)
ENGLISH_TALK = [
    "“I do not know what you mean,” she said, “and I wish that you would tell me what they want of us before we go.”",
    "“You will know soon enough,” he answered, “for they have told me that they will come again and ask you.”",
]


def test_a_description_is_found_among_talk_and_thought() -> None:
    text = "\n".join([*TALK, THOUGHT, ROOM, *TALK])
    (found,) = find(text, "ru")
    assert text[found.begin : found.end] == ROOM
    assert found.priority >= WORTH_A_PICTURE
    assert found.type in {"location", "atmosphere"}


def test_an_english_description_is_found_too() -> None:
    text = "\n".join([*ENGLISH_TALK, GARDEN, *ENGLISH_TALK])
    (found,) = find(text, "en")
    assert text[found.begin : found.end] == GARDEN
    assert (found.type, found.priority >= WORTH_A_PICTURE) == ("location", True)


def test_the_points_add_up_to_the_priority_below_the_bend() -> None:
    for found in find("\n".join([THOUGHT, ROOM.split(". ", 1)[0] + ". " + THOUGHT]), "ru"):
        if LEAST_PRIORITY <= found.priority < WORTH_A_PICTURE:
            assert abs(sum(found.parts["points"].values()) - found.priority) < 1


def test_a_long_paragraph_gives_the_sentences_that_describe() -> None:
    text = " ".join([THOUGHT, THOUGHT, ROOM, THOUGHT, THOUGHT])
    best = find(text, "ru")[0]
    assert "горела одна свеча" in text[best.begin : best.end]
    assert len(text[best.begin : best.end].split()) < 110


def test_a_heading_is_no_edge_of_a_passage() -> None:
    text = "\n".join(["Глава вторая", ROOM, "Конец главы"])
    (found,) = find(text, "ru")
    assert text[found.begin : found.end] == ROOM


def test_verse_is_no_passage() -> None:
    verse = (
        "The golden sun sank down the silver sea, And over white stone walls the green leaves hung, While red roses "
        "bloomed beneath the old dark tree, But in the blue mist grey bells softly rung"
    )
    assert find(verse, "en") == []
    assert find(verse.replace(", And", ", and").replace(", While", ", while").replace(", But", ", but"), "en")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([ROOM, THOUGHT, GARDEN, *TALK, "", "   ", "* * *", "Глава"])
        | st.text(max_size=200).filter(lambda text: "\n" not in text),
        max_size=30,
    ),
    st.sampled_from(["ru", "en", ""]),
)
def test_any_text_gives_passages_that_lie_in_it_and_apart(paragraphs: list[str], language: str) -> None:
    text = "\n".join(paragraphs)
    found = find(text, language)
    assert len(found) <= MOST_FOUND
    assert [one.priority for one in found] == sorted((one.priority for one in found), reverse=True)
    for one in found:
        assert LEAST_PRIORITY <= one.priority <= 100
        assert text[one.begin : one.end] == text[one.begin : one.end].strip() != ""
    for one, after in pairwise(sorted(found, key=lambda one: one.begin)):
        assert one.end + BETWEEN_PICKS <= after.begin


def _is_talk(passage: str) -> bool:
    """Told another way than the scorer tells it: by lines that open with a dash, and by the share within marks."""
    lines = [line for line in passage.split("\n") if line.strip()]
    if any(re.match(r"\s*[-–—]+\s*\w", line) for line in lines):
        return True
    quoted = re.findall(r"«[^»]+»|“[^”]+”|\"[^\"]+\"|‘.+?’(?!\w)", passage, re.DOTALL)
    return sum(map(len, quoted)) > 0.25 * len(passage)


@pytest.mark.parametrize("name", SAMPLE_BOOKS)
def test_no_talk_is_among_the_ten_best_of_a_book(name: str) -> None:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the sample books are not here; VITRINA_SAMPLE_BOOKS names their folder")
    book = read(path.read_bytes())
    chapters = ["\n".join(chapter.paragraphs) for chapter in book.chapters]
    names = names_in("\n".join(chapters), book.language)
    found = [
        (one.priority, text[one.begin : one.end])
        for text in chapters
        for one in find(text, book.language, names)
    ]
    found.sort(key=lambda pair: -pair[0])
    best = found[:10]
    assert len(best) == 10
    for priority, passage in best:
        print(priority, passage[:120].replace("\n", " ¶ "))  # noqa: T201 - a reader judges them
    assert not [passage for _, passage in best if _is_talk(passage)]
    assert best[4][0] >= WORTH_A_PICTURE


@pytest.mark.parametrize(
    ("paragraph", "said"),
    [
        ("— Идём, — сказал он.", ["— Идём, — сказал он."]),
        ("-- Идём!", ["-- Идём!"]),
        ("Он сказал: «Мы пойдём туда завтра» и вышел.", ["«Мы пойдём туда завтра»"]),
        ("Роман «Война и мир» лежал на столе.", []),
        ("Она спросила: – Что это?", [": – Что это?"]),
        ("Дом — крепость.", []),
        ("“We go there at once,” he said. “Come!”", ["“We go there at once,”", "“Come!”"]),
        ("‘What’s the use of it all?’ thought Alice’s sister.", ["‘What’s the use of it all?’"]),
        ("He said it wasn't the boys' house.", []),
        ("“They never closed these marks and went on", ["“They never closed these marks and went on"]),
    ],
)
def test_speech_is_told_from_what_only_looks_like_it(paragraph: str, said: list[str]) -> None:
    assert [paragraph[begin:end] for begin, end in spoken(paragraph)] == said


@given(st.text(alphabet="абв abc—–-«»“”‘’'\".!?: \n", max_size=80))
def test_speech_lies_in_order_within_the_paragraph(paragraph: str) -> None:
    borders = [border for span in spoken(paragraph) for border in span]
    assert borders == sorted(borders)
    assert not borders or (borders[0] >= 0 and borders[-1] <= len(paragraph))
