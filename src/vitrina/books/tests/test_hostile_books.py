"""Files that are no books, or were made to harm: each is refused in words, and takes nobody along."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.books.reading.apart import read_apart
from vitrina.books.reading.book import DEFAULT_LIMITS, BookRefused
from vitrina.books.reading.opening import read
from vitrina.books.tests.made_books import STORY, epub, epub_members, fb2, package, page, zipped

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ха"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(1, 9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY outside SYSTEM "file:///etc/hostname">]>'
DRM = (
    '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
    '<e:EncryptedData><e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e:EncryptedData>'
    "</encryption>"
)


def with_flag(data: bytes, flag: int) -> bytes:
    """An archive whose members say of themselves that they are protected by a password."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            changed[at + offset] |= flag
    return bytes(changed)


def lying_about_size(data: bytes) -> bytes:
    """An archive whose contents say that a member unpacks to next to nothing."""
    changed = bytearray(data)
    at = data.find(b"PK\x01\x02")
    changed[at + 24 : at + 28] = struct.pack("<L", 10)
    at = data.find(b"PK\x03\x04")
    changed[at + 22 : at + 26] = struct.pack("<L", 10)
    return bytes(changed)


def many_entries(count: int) -> bytes:
    return zipped({f"OPS/{number}.xhtml": "" for number in range(count)} | epub_members(), packed=False)


def nested(depth: int) -> str:
    return "<div>" * depth + STORY[0] + "</div>" * depth


HOSTILE = {
    "an empty file": (b"", "is empty"),
    "nothing but zeros": (b"\x00" * 5_000, "is empty"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "a picture"),
    "a PDF": (b"%PDF-1.7 ...", "a PDF document"),
    "a Kindle book": (b"\x00" * 60 + b"BOOKMOBI" + b"\x00" * 200, "Kindle"),
    "random bytes": (bytes(range(1, 32)) * 400, "binary file"),
    "a web page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
    "other XML": (b'<?xml version="1.0"?><catalog><p>1</p></catalog>', "begins with <catalog>"),
    "a Word document": (zipped({"word/document.xml": "<w/>"}), "Word document"),
    "a ZIP of nothing in particular": (zipped({"readme.md": "x"}), "without a book in it"),
    "two books in one archive": (zipped({"a.fb2": fb2(), "b.fb2": fb2()}), "holds 2 books"),
    "an archive in an archive": (zipped({"a.fb2": zipped({"b.fb2": fb2()})}), "another archive"),
    "a zip bomb": (
        zipped(epub_members() | {"OPS/one.xhtml": b"<p>" + b" " * 40_000_000 + b"</p>"}),
        "more than 100 times its size",
    ),
    "a bomb that lies about its size": (
        lying_about_size(zipped({"a.fb2": b" " * 40_000_000})),
        "in the archive",
    ),
    "names that lead out": (zipped({"../../a.fb2": fb2()}), "points outside"),
    "an absolute name": (zipped({"/etc/a.fb2": fb2()}), "forbidden name"),
    "a protected archive": (with_flag(epub(), 1), "password"),
    "thousands of entries": (many_entries(6_000), "at most 5000"),
    "a book under DRM": (zipped(epub_members() | {"META-INF/encryption.xml": DRM}), "protected against copying"),
    "a book with a licence of a shop": (
        zipped(epub_members() | {"META-INF/rights.xml": "<r/>"}),
        "protected against copying",
    ),
    "billion laughs in FB2": (LAUGHS.encode() + fb2(), "XML entities"),
    "an external entity in FB2": (fb2().replace(b"?><F", b"?>" + OUTSIDE.encode() + b"<F"), "XML entities"),
    "billion laughs in a document": (
        epub({"one.xhtml": LAUGHS + "<html><body>&h;</body></html>"}),
        "XML entities",
    ),
    "an external entity in the package": (
        zipped(epub_members() | {"OPS/package.opf": OUTSIDE + package(["one.xhtml"])}),
        "XML entities",
    ),
    "a huge spine": (
        zipped(
            epub_members()
            | {
                "OPS/package.opf": package(["one.xhtml"]).replace(
                    '<itemref idref="i0"/>', '<itemref idref="i0"/>' * 3_000
                )
            }
        ),
        "names 3000 documents",
    ),
    "an EPUB without a container": (zipped({"mimetype": "application/epub+zip"}), "does not say which books"),
    "a container that leads nowhere": (
        zipped(epub_members() | {"META-INF/container.xml": "<container/>"}),
        "does not say which books",
    ),
    "a package without documents": (
        zipped(epub_members() | {"OPS/package.opf": package([])}),
        "names no document",
    ),
    "a truncated FB2": (fb2()[:-40], "cut short"),
    "a truncated EPUB": (epub()[:-60], "cut short"),
    "an FB2 without text": (fb2("<section><title><p>I</p></title></section>"), "No text was found"),
    "pictures instead of text": (epub({"one.xhtml": page('<img src="1.png"/>')}), "No text was found"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_book_is_refused_in_words(name: str) -> None:
    data, words = HOSTILE[name]
    with pytest.raises(BookRefused) as refused:
        read(data)
    sentence = str(refused.value)
    assert words in sentence
    assert sentence.endswith((".", ". ")), sentence
    assert "Traceback" not in sentence


def test_an_entity_of_a_stranger_never_shows_a_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("совершенно секретно", encoding="utf-8")
    outside = f'<!DOCTYPE x [<!ENTITY % x SYSTEM "file://{tmp_path}/secret">%x;<!ENTITY y SYSTEM "file://{tmp_path}/secret">]>'
    section = "<section><title><p>I</p></title><p>Дом &y; стоял.</p></section>"
    for data in (
        fb2(section).replace(b"?><F", b"?>" + outside.encode() + b"<F"),
        epub({"one.xhtml": outside + "<html><body><p>&y;</p></body></html>"}),
        # A document type from outside is never fetched; without it the entity is a word like any other.
        fb2(section).replace(b"?><F", f'?><!DOCTYPE x SYSTEM "file://{tmp_path}/secret"><F'.encode()),
    ):
        try:
            said = str(read(data))
        except BookRefused as refused:
            said = str(refused)
        assert "секретно" not in said


def test_a_zip_that_holds_itself_is_not_unpacked_without_end() -> None:
    # A quine archive unpacks to itself: as far as we look into it, an archive in an archive.
    inner = zipped({"book.fb2": fb2()})
    for _level in range(3):
        inner = zipped({"book.fb2": inner})
    with pytest.raises(BookRefused, match="another archive"):
        read(inner)


def test_deep_nesting_is_read_or_refused_and_never_crashes() -> None:
    for depth in (200, 5_000, 100_000):
        document = page(f"</p>{nested(depth)}<p>")
        try:
            book = read(epub({"one.xhtml": document}))
        except BookRefused:
            continue
        assert STORY[0] in book.chapters[0].paragraphs
    sections = "<section>" * 5_000 + f"<p>{STORY[0]}</p>" + "</section>" * 5_000
    with pytest.raises(BookRefused):
        read(fb2(sections))


def test_zeros_and_lone_surrogates_are_left_out_of_the_text() -> None:
    section = "<section><title><p>I</p></title><p>Ста\x00рый &#xD800;&#0;дом\x0b.</p></section>"
    for data in (fb2(section), f"Глава 1\n\nСта\x00рый дом{chr(0xD800)}.".encode("utf-8", "surrogatepass")):
        book = read(data)
        text = "".join(line for chapter in book.chapters for line in chapter.paragraphs)
        text.encode("utf-8")
        assert "\x00" not in text
        assert "Старый" in text


def test_a_text_longer_than_the_limit_is_refused_before_it_is_whole() -> None:
    limits = replace(DEFAULT_LIMITS, text_characters=10_000)
    with pytest.raises(BookRefused, match="more than 10000 characters"):
        read("\n".join([STORY[0]] * 1_000).encode(), limits)


def test_more_chapters_than_the_limit_are_refused() -> None:
    limits = replace(DEFAULT_LIMITS, chapters=20)
    text = "\n\n".join(f"Глава {number}\n\n{STORY[0]}" for number in range(1, 30))
    with pytest.raises(BookRefused, match="more than 20 chapters"):
        read(text.encode(), limits)


def test_a_process_that_runs_out_of_memory_dies_alone_and_the_next_book_is_read() -> None:
    greedy = zipped({"a.txt": zlib.decompress(zlib.compress("слово ".encode() * 2_000_000))}, packed=False)
    limits = replace(DEFAULT_LIMITS, memory_bytes=20_000_000)
    with pytest.raises(BookRefused, match="could not be read"):
        read_apart(io.BytesIO(greedy), limits=limits)
    assert len(read_apart(io.BytesIO(epub())).chapters) == 2


def test_a_process_that_takes_too_long_is_ended() -> None:
    # A comment that is opened again and again and never closed is looked for from each of its beginnings.
    slow = fb2("<section><p>" + "<!-- " * 400_000 + "</p></section>")
    limits = replace(DEFAULT_LIMITS, cpu_seconds=1)
    began = time.monotonic()
    with pytest.raises(BookRefused):
        read_apart(io.BytesIO(slow), limits=limits)
    assert time.monotonic() - began < 30


def test_a_reading_that_is_stopped_leaves_no_process_behind() -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    slow = fb2("<section><p>" + "<!-- " * 2_000_000 + "</p></section>")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(Stop):
        read_apart(io.BytesIO(slow), while_reading=stop)
    # A child is counted once it was waited for: it is gone.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before


def test_a_file_that_is_too_big_is_refused_by_its_size() -> None:
    limits = replace(DEFAULT_LIMITS, file_bytes=2_000_000)
    with pytest.raises(BookRefused, match="may have at most 2 MB"):
        read_apart(io.BytesIO(b"a " * 1_500_000), limits=limits)


@given(st.binary(max_size=3_000))
@settings(max_examples=150)
def test_whatever_the_bytes_it_is_a_book_or_a_sentence(data: bytes) -> None:
    readable_or_refused(data)


@given(st.data())
@settings(max_examples=120)
def test_a_book_that_was_damaged_anywhere_is_a_book_or_a_sentence(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([epub(), fb2(), fb2(encoding="utf-16"), zipped({"a.fb2": fb2()})]))
    damaged = bytearray(whole)
    for _hit in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    readable_or_refused(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@given(
    st.lists(
        st.sampled_from(
            [
                "Глава 1",
                "Глава II",
                "I",
                "II",
                "Часть первая",
                "CHAPTER V",
                "",
                "  ",
                "Эпилог",
                *STORY,
                "— Да.",
                "\ud800",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=150)
def test_no_paragraph_of_a_plain_text_is_lost_in_silence(lines: list[str]) -> None:
    """But for what a note tells of: words of the story are in a chapter."""
    text = "\n\n".join(lines)
    try:
        book = read(text.encode("utf-8", "replace"))
    except BookRefused:
        assert not any(story in lines for story in STORY)
        return
    kept = sum(line.count(STORY[0]) for chapter in book.chapters for line in chapter.paragraphs)
    if not any("left out" in note.sentence for note in book.notes):
        assert kept == lines.count(STORY[0])


def readable_or_refused(data: bytes) -> None:
    try:
        book = read(data)
    except BookRefused:
        return
    assert book.chapters
    for chapter in book.chapters:
        assert chapter.paragraphs
        for line in chapter.paragraphs:
            assert line.strip()
            assert "\n" not in line
            line.encode("utf-8")


def test_a_zip_that_a_test_breaks_is_a_zip_to_begin_with() -> None:
    assert zipfile.is_zipfile(io.BytesIO(with_flag(epub(), 1)))
    assert len(read(epub()).chapters) == 2
