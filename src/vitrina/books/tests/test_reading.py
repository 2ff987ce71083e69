"""Books that are in order: what their chapters are, whatever the format."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vitrina.books.reading import outline, txt
from vitrina.books.reading.apart import read_apart
from vitrina.books.reading.book import Note, ReadBook
from vitrina.books.reading.opening import read
from vitrina.books.tests.made_books import STORY, epub, epub_members, fb2, page, zipped

SAMPLES = Path(
    os.environ.get("VITRINA_SAMPLE_BOOKS", Path(__file__).parents[5] / "shared" / "data" / "books")
)

# Counted by reading the books: each number with what it counts.
SAMPLE_BOOKS = [
    (
        "en_carroll_alice_pg11.txt",
        12,  # «CHAPTER I» to «CHAPTER XII»; the title page, the header and the licence are none
        "CHAPTER I. Down the Rabbit-Hole",
        "CHAPTER XII. Alice’s Evidence",
        ("Alice’s Adventures in Wonderland", "Lewis Carroll", "en"),
        ("Alice was beginning to get very tired", "remembering her own child-life"),
    ),
    (
        "en_childrens-literature.epub",
        # The contents show a section heading (which has no text of its own), a bibliography, an introduction and the
        # tales 190 to 204, fifteen of them; four parts of tale 190 are hidden from the contents. 1 + 1 + 15.
        17,
        "BIBLIOGRAPHY",
        "204 THE KING OF THE GOLDEN RIVER OR THE BLACK BROTHERS",
        ("Children's Literature", "Charles Madison Curry, Erle Elsworth Clippinger", "en"),
        (
            "Alden, Raymond Macdonald, Why the Chimes Rang",
            "became, in truth, THE GOLDEN RIVER" if False else "",
        ),
    ),
    (
        "ru_pushkin_arap-petra-velikogo.txt",
        7,  # «ГЛАВА I» to «ГЛАВА VII»; the last one breaks off, as the author left it
        "ГЛАВА I",
        "ГЛАВА VII",
        ("", "", "ru"),
        ("Я в Париже:", "тофно ли твой сдесь"),
    ),
    (
        "ru_pushkin_pikovaya-dama.fb2",
        7,  # six numbered sections and «Заключение»
        "I",
        "Заключение",
        ("Пиковая дама", "Александр Сергеевич Пушкин", "ru"),
        ("Пиковая дама означает", "Томский произведён в ротмистры"),
    ),
]


@pytest.mark.parametrize(("name", "count", "first", "last", "about", "ends"), SAMPLE_BOOKS)
def test_a_whole_book_has_the_chapters_that_a_reader_counts(
    name: str, count: int, first: str, last: str, about: tuple[str, str, str], ends: tuple[str, str]
) -> None:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the sample books are not here; VITRINA_SAMPLE_BOOKS names their folder")
    book = read(path.read_bytes())
    assert (len(book.chapters), book.chapters[0].title, book.chapters[-1].title) == (count, first, last)
    assert (book.title, book.author, book.language) == about
    begin, end = ends
    assert book.chapters[0].paragraphs[0].startswith(begin)
    assert end in " ".join(book.chapters[-1].paragraphs)
    whole = " ".join(line for chapter in book.chapters for line in chapter.paragraphs)
    assert "gutenberg" not in whole.lower()


def test_an_epub_has_its_title_its_author_and_a_chapter_for_each_document() -> None:
    book = read(epub())
    assert (book.title, book.author, book.language, book.file_format) == (
        "Дом",
        "А. Н. Кузнецова",
        "ru",
        "epub",
    )
    assert titles(book) == ["Глава первая", "Глава вторая"]
    assert book.chapters[0].paragraphs == STORY
    assert book.notes == ()


def test_the_contents_of_an_epub_divide_one_document_into_its_chapters() -> None:
    document = page(
        '</p><h2 id="a">I</h2><p>Первая.</p><p>Ещё.</p><section id="b"><h2>II</h2><p>Вторая.</p></section><p>'
    )
    nav = (
        '<li><a href="all.xhtml#a">Глава I. Дом</a></li><li><a href="all.xhtml#b">Глава II</a><ol hidden="">'
        '<li><a href="all.xhtml#c">скрыта</a></li></ol></li>'
    )
    book = read(epub({"all.xhtml": document}, nav=nav))
    assert [(chapter.title, chapter.paragraphs) for chapter in book.chapters] == [
        ("Глава I. Дом", ("Первая.", "Ещё.")),
        ("Глава II", ("Вторая.",)),
    ]


def test_an_older_epub_has_its_chapters_from_its_ncx() -> None:
    ncx = (
        '<navPoint><navLabel><text>Дом</text></navLabel><content src="one.xhtml"/></navPoint>'
        '<navPoint><navLabel><text>Река</text></navLabel><content src="three.xhtml"/></navPoint>'
    )
    documents = {name: page(f"Текст {name}.") for name in ("one.xhtml", "two.xhtml", "three.xhtml")}
    book = read(epub(documents, ncx=ncx))
    assert titles(book) == ["Дом", "Река"]
    # What the contents don't name belongs to the chapter before it.
    assert book.chapters[0].paragraphs == ("Текст one.xhtml.", "Текст two.xhtml.")


def test_footnotes_page_numbers_and_scripts_of_an_epub_are_no_text() -> None:
    body = page(
        'Он ушёл<a epub:type="noteref" href="#n">1</a>.</p><span epub:type="pagebreak">17</span>'
        '<script>x()</script><aside epub:type="footnote" id="n"><p>Сноска.</p></aside><p>Конец.'
    )
    assert read(epub({"one.xhtml": body})).chapters[0].paragraphs == ("Он ушёл.", "Конец.")


def test_a_wrong_mimetype_and_html_with_open_tags_do_not_hinder() -> None:
    members = epub_members({"one.xhtml": "<html><body><h1>Глава<p>Текст &nbsp;дома.<br>Ещё<div>Конец"})
    members["mimetype"] = "application/zip"
    book = read(zipped(members))
    assert [line for chapter in book.chapters for line in chapter.paragraphs][-1] == "Конец"
    assert any("mended" in note.sentence for note in book.notes)


def test_a_document_that_is_missing_is_passed_over_and_told() -> None:
    members = epub_members()
    del members["OPS/one.xhtml"]
    book = read(zipped(members))
    assert titles(book) == ["Глава вторая"]
    assert [note.values for note in book.notes] == [{"name": "OPS/one.xhtml"}]


def test_scrambled_fonts_are_no_protection() -> None:
    fonts = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        '<e:EncryptedData><e:EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></e:EncryptedData></encryption>'
    )
    assert len(read(zipped(epub_members() | {"META-INF/encryption.xml": fonts})).chapters) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_an_fb2_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    book = read(fb2(encoding=encoding))
    assert (book.title, book.author, book.language) == ("Дом за оврагом", "Анна Кузнецова", "ru")
    assert [chapter.paragraphs for chapter in book.chapters] == [(STORY[0],), (STORY[1],)]


def test_an_fb2_in_an_archive_is_the_same_book() -> None:
    assert read(zipped({"книга.fb2": fb2()})) == read(fb2())


def test_footnotes_and_pictures_of_an_fb2_are_left_out_and_the_first_is_told() -> None:
    more = '<body name="notes"><section><p>Сноска.</p></section></body><binary id="c" content-type="image/png">AAAA</binary>'
    section = '<section><title><p>I</p></title><p>Дом<a l:href="#n" type="note">[1]</a> стоял.</p></section>'
    book = read(fb2(section, more=more))
    assert book.chapters[0].paragraphs == ("Дом стоял.",)
    assert book.notes == (Note("The footnotes were left out."),)


def test_sections_with_titles_are_chapters_and_those_without_are_not() -> None:
    book = read(
        fb2(
            "<section><title><p>Часть первая</p></title>"
            "<section><title><p>I</p></title><section><p>Один.</p></section><section><p>Два.</p></section></section>"
            "<section><title><p>II</p></title><p>Три.</p></section></section>"
            "<section><title><p>Часть вторая</p></title><section><title><p>I</p></title><p>Четыре.</p></section></section>"
        )
    )
    assert [(chapter.title, chapter.paragraphs) for chapter in book.chapters] == [
        ("Часть первая. I", ("Один.", "Два.")),
        ("Часть первая. II", ("Три.",)),
        ("Часть вторая. I", ("Четыре.",)),
    ]


def test_verse_and_an_epigraph_of_an_fb2_keep_their_lines() -> None:
    section = (
        "<section><title><p>I</p></title><epigraph><p>Слова.</p><text-author>Автор</text-author></epigraph>"
        "<poem><stanza><v>Строка,</v><v>другая.</v></stanza></poem><p>Проза.</p></section>"
    )
    assert read(fb2(section)).chapters[0].paragraphs == ("Слова.", "Автор", "Строка,", "другая.", "Проза.")


def test_broken_markup_of_an_fb2_is_mended_and_told() -> None:
    book = read(fb2("<section><title><p>I</p></title><p>Дом & сад &nbsp; рядом.</p></section>"))
    assert book.chapters[0].paragraphs == ("Дом & сад рядом.",)
    assert [note.values for note in book.notes] == [{"count": 2}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r"])
def test_plain_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    text = f"Глава первая\n\n{STORY[0]}\n\nГлава вторая\n\n{STORY[1]}\n" * 3
    book = read(text.encode(encoding))
    assert book.language == "ru"
    assert {line for chapter in book.chapters for line in chapter.paragraphs} == set(STORY)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("ГЛАВА IV", "ГЛАВА IV"),
        ("Глава 12. Возвращение", "Глава 12. Возвращение"),
        ("Глава двадцать первая", "Глава двадцать первая"),
        ("CHAPTER XII. Alice’s Evidence", "CHAPTER XII. Alice’s Evidence"),
        ("Chapter Twenty-one", "Chapter Twenty-one"),
        ("Часть третья", "Часть третья"),
        ("Эпилог", "Эпилог"),
        ("Глава первая\nПисьмо", "Глава первая. Письмо"),
    ],
)
def test_a_heading_begins_a_chapter(heading: str, title: str) -> None:
    lines = f"{STORY[0]} {STORY[1]} " * 4
    book = read(f"Глава 0\n\n{lines}\n\n{heading}\n\n{lines}\n".encode())
    assert titles(book)[-1] == title


@pytest.mark.parametrize(
    "sentence",
    [
        "Часть дороги мы шли молча.",
        "Глава семьи вышел первым.",
        "Часть первая была прочитана вслух, и все молчали.",
        "Chapter and verse were quoted at him all day.",
        "I",
        "Part of the road was under water.",
    ],
)
def test_a_sentence_that_begins_like_a_heading_begins_no_chapter(sentence: str) -> None:
    book = read(f"Глава 1\n\n{STORY[0]}\n\n{sentence}\n\n{STORY[1]}\n".encode())
    assert titles(book) == ["Глава 1"]
    assert sentence in book.chapters[0].paragraphs


def test_lone_roman_numerals_count_as_chapters_where_they_count_up() -> None:
    text = "\n\n".join(f"{numeral}\n\n{STORY[0]}" for numeral in ("I", "II", "III", "ІV"))
    assert titles(read(text.encode())) == ["I", "II", "III", "IV"]


def test_the_same_numerals_in_two_parts_are_told_apart_by_the_part() -> None:
    text = "\n\n".join(
        f"{part}\n\nГлава I\n\n{STORY[0]}\n\nГлава II\n\n{STORY[1]}"
        for part in ("Часть первая", "Часть вторая")
    )
    assert titles(read(text.encode())) == [
        "Часть первая. Глава I",
        "Часть первая. Глава II",
        "Часть вторая. Глава I",
        "Часть вторая. Глава II",
    ]


def test_a_list_of_contents_makes_no_chapters() -> None:
    text = "Глава 1. Дом\nГлава 2. Река\nСловарь\n\n" + "\n\n".join(
        f"{title}\n\n{STORY[0]} {STORY[1]}\n" for title in ("Глава 1. Дом", "Глава 2. Река")
    )
    assert titles(read(text.encode())) == ["Глава 1. Дом", "Глава 2. Река"]


def test_wrapped_lines_are_joined_to_paragraphs() -> None:
    lines = [
        "    За оврагом стоял старый дом с заколоченными окнами, и крыша",
        "его давно поросла мхом, а за домом начинался сад, в котором ни-",
        "кто не бывал уже много лет, и тропинки в нём совсем заросли.",
        "    По вечерам над рекой поднимался густой белый туман, и в нём",
        "было слышно, как далеко за лесом звонят колокола к вечерне.",
    ]
    text = "Глава 1\n\n" + "\n".join(lines * 3)
    paragraphs = read(text.encode()).chapters[0].paragraphs
    assert len(paragraphs) == 6
    assert paragraphs[0].startswith("За оврагом")
    assert paragraphs[0].endswith("совсем заросли.")
    assert "в котором ни-кто не бывал" in paragraphs[0]


def test_a_text_without_chapters_is_divided_at_paragraphs_and_loses_none() -> None:
    paragraphs = [f"{number}. {STORY[number % 2]}" for number in range(500)]
    book = read("\n".join(paragraphs).encode())
    assert [line for chapter in book.chapters for line in chapter.paragraphs] == paragraphs
    sizes = [sum(map(len, chapter.paragraphs)) for chapter in book.chapters]
    assert len(sizes) > 2
    assert max(sizes) < 1.5 * outline.PART_CHARACTERS
    assert book.notes[0].sentence == outline.CUT_BY_SIZE


def test_the_header_and_the_licence_of_gutenberg_are_left_out() -> None:
    text = (
        "The Project Gutenberg EBook\n\nTitle: The House\nAuthor: A. Writer\nLanguage: English\n\n"
        "*** START OF THIS PROJECT GUTENBERG EBOOK THE HOUSE ***\n\nCHAPTER I\n\nThe house stood on the hill above the "
        "river and its windows were dark.\n\n*** END OF THIS PROJECT GUTENBERG EBOOK THE HOUSE ***\n\nThe licence."
    )
    book = read(text.encode())
    assert (book.title, book.author, book.language, len(book.chapters)) == ("The House", "A. Writer", "en", 1)
    assert "licence" not in " ".join(book.chapters[0].paragraphs)
    assert book.notes == (Note(txt.GUTENBERG),)


def test_a_book_read_in_a_process_of_its_own_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "book.epub"
    path.write_bytes(epub())
    with path.open("rb") as file:
        assert read_apart(file) == read(epub())


def titles(book: ReadBook) -> list[str]:
    return [chapter.title for chapter in book.chapters]
