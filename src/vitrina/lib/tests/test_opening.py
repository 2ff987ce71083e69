from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.feeds import BrokenFeedRow, FeedRow, NotAFeed, open_feed
from vitrina.lib.feeds.decoding import encoding_of

LOGIN = b'<!DOCTYPE html><html><head><title>Log in</title></head><body><form><input type="password"></form></body></html>'


def archive(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("__", "/"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b" \r\n\t ", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (LOGIN, "login page"),
        (b"<html><body><table><tr><td>id</td></tr></table></body></html>", "web page"),
        (b"<table border=1><tr><td>id</td></tr></table>", "web page"),
        (b"<script>location='/'</script>", "web page"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', "web page"),
        (b'<?xml version="1.0"?><rss><channel/></rss>', "begins with <rss>"),
        (b"<Error><Code>AccessDenied</Code></Error>", "begins with <Error>"),
        (b"<", "holds none"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"\.xls"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"Rar!\x1a\x07", "RAR"),
        (bytes(range(1, 32)) * 20, "binary"),
        (b'[{"id": 1}]', "one object per line"),
        (b"PK\x03\x04broken", "not a ZIP archive"),
        (archive(readme="x"), "ZIP archive, not a workbook"),
        (archive(word__document_xml="x"), "ZIP archive, not a workbook"),
        (b"PK\x05\x06" + bytes(18), "ZIP archive, not a workbook"),
    ],
)
@pytest.mark.parametrize("name", ["", "feed.xls", "feed.csv"])
def test_what_is_no_feed_is_told_in_words(data: bytes, words: str, name: str, tmp_path: Path) -> None:
    source = io.BytesIO(data)
    if name:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(NotAFeed, match=words):
        open_feed(tmp_path / name if name else source)


def test_a_document_of_word_is_named() -> None:
    with pytest.raises(NotAFeed, match="Word document"):
        open_feed(io.BytesIO(archive(**{"[Content_Types].xml": "", "word/document.xml": ""})))


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (b"id;name\n1;a\n", "csv"),
        (b'{"id": 1}\n', "jsonl"),
        (b'<?xml version="1.0"?>\n<!-- <html> --><yml_catalog><shop><offers/></shop></yml_catalog>', "yml"),
        (b'<shop><offers><offer id="1"><name>a</name></offer></offers></shop>', "yml"),
    ],
)
def test_the_format_is_told_by_what_the_file_holds(data: bytes, format_: str) -> None:
    with open_feed(io.BytesIO(data)) as feed:
        assert feed.format == format_


@pytest.mark.parametrize(("name", "format_"), [("tsv", "csv"), ("XML", "yml"), ("ndjson", "jsonl")])
def test_another_format_than_the_expected_is_told(name: str, format_: str) -> None:
    with pytest.raises(NotAFeed, match=format_.upper()):
        open_feed(
            io.BytesIO(LOGIN.replace(b"html", b"yml_catalog") if format_ != "yml" else b"id;n\n1;2"),
            format=name,
        )


def test_a_login_page_is_refused_whatever_format_was_expected() -> None:
    for format_ in ("csv", "yml", "xlsx", "jsonl"):
        with pytest.raises(NotAFeed, match="login page"):
            open_feed(io.BytesIO(LOGIN), format=format_)


def test_a_format_or_an_encoding_that_does_not_exist_is_the_callers_error() -> None:
    with pytest.raises(ValueError, match="unknown feed format"):
        open_feed(io.BytesIO(b"id;n\n"), format="docx")
    with pytest.raises(ValueError, match="unknown encoding"):
        open_feed(io.BytesIO(b"id;n\n"), encoding="rot13")


@pytest.mark.parametrize(
    "name", ["undefined", "punycode", "idna", "rot13", "zlib", "unicode_escape", "utf-7", "no-such"]
)
def test_a_declared_encoding_that_no_file_is_in_is_not_followed(name: str) -> None:
    data = f'<?xml version="1.0" encoding="{name}"?><yml_catalog><offers><offer id="1"><name>Ё</name></offer></offers></yml_catalog>'
    with open_feed(io.BytesIO(data.encode())) as feed:
        assert [row.fields["name"] for row in feed] == ["Ё"]  # type: ignore[union-attr]


def test_a_given_encoding_is_used() -> None:
    with open_feed(io.BytesIO("id;имя\n1;я\n".encode("cp866")), encoding="cp866") as feed:
        assert list(feed) == [FeedRow(2, {"id": "1", "имя": "я"})]


def test_a_path_is_closed_and_a_stream_is_not(tmp_path: Path) -> None:
    stream = io.BytesIO(b"id;n\n1;2\n")
    with open_feed(stream) as feed:
        list(feed)
    assert not stream.closed
    (tmp_path / "feed.csv").write_bytes(stream.getvalue())
    with open_feed(str(tmp_path / "feed.csv")) as feed:
        assert len(list(feed)) == 1


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"<", b"{", b"<?xml", b"\xff\xfe", b"\xfe\xff", b"id;n\n"]),
)
def test_any_bytes_are_a_feed_or_are_told_not_to_be(junk: bytes, beginning: bytes) -> None:
    try:
        with open_feed(io.BytesIO(beginning + junk)) as feed:
            rows = list(feed)
    except NotAFeed:
        return
    assert all(isinstance(row, FeedRow | BrokenFeedRow) for row in rows)


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-8"])
@pytest.mark.parametrize(
    "text",
    [
        "Чайник электрический белый",
        "Наименование;Цена;Описание товара",
        "ШТОРЫ ДЛЯ ВАННОЙ, НАБОР",
        "Ёлка ель сосна",
    ],
)
def test_the_encoding_of_russian_text_is_found(text: str, encoding: str) -> None:
    if text.isupper() and encoding in ("koi8-r", "cp1251"):
        text += ", полиэстер, размер 180 на 200"  # capitals of the one are small letters of the other
    assert encoding_of(text.encode(encoding)) == encoding
