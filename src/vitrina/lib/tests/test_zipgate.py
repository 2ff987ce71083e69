from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.zipgate import BadZip, ZipLimits, open_zip


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the same name twice
        for name, body in members:
            file.writestr(name, body)
    return out.getvalue()


def refusal(data: bytes, limits: ZipLimits = ZipLimits()) -> str:  # noqa: B008 - it is frozen
    with pytest.raises(BadZip) as caught, open_zip(io.BytesIO(data), limits):
        pass
    return str(caught.value)


def test_an_honest_archive_is_read() -> None:
    with open_zip(io.BytesIO(archive(("a.txt", b"hello"), ("b/ё.txt", b"x" * 500_000)))) as opened:
        assert opened.names() == ["a.txt", "b/ё.txt"]
        assert opened.read("a.txt") == b"hello"
        with pytest.raises(KeyError):
            opened.read("c.txt")


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "a\\..\\x", "C:/x", "a\\b"])
def test_a_name_that_leads_outside_is_refused(name: str) -> None:
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(info, b"x")
    assert "name" in refusal(out.getvalue()) or "outside" in refusal(out.getvalue())


def test_two_files_of_one_name_are_refused() -> None:
    assert refusal(archive(("a", b"1"), ("a", b"2"))) == "The archive holds two files named «a»."


def test_a_link_is_refused() -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(info, "/etc/passwd")
    assert refusal(out.getvalue()) == "The archive holds a link instead of a file: «link»."


def test_too_many_files_are_refused() -> None:
    data = archive(*[(f"{number}", b"") for number in range(11)])
    assert refusal(data, ZipLimits(entries=10)) == "The archive holds 11 files; at most 10 are read."


def test_too_many_bytes_are_refused_before_unpacking() -> None:
    data = archive(("a", bytes(600)), ("b", bytes(600)))
    assert (
        refusal(data, ZipLimits(total_bytes=1000))
        == "The archive unpacks to 1200 bytes; at most 1000 are read."
    )


def test_a_bomb_is_refused_and_a_small_file_that_packs_well_is_not() -> None:
    assert (
        refusal(archive(("bomb", bytes(5_000_000))))
        == "«bomb» in the archive unpacks to more than 100 times its size."
    )
    with open_zip(io.BytesIO(archive(("small", bytes(900_000))))) as opened:
        assert len(opened.read("small")) == 900_000


def test_a_member_that_lies_about_its_size_is_not_unpacked_further() -> None:
    data = bytearray(archive(("a", b"x" * 100_000), method=zipfile.ZIP_DEFLATED))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<L", 10)  # the declared size
    with open_zip(io.BytesIO(bytes(data))) as opened, pytest.raises(BadZip):
        opened.read("a")


def test_what_is_read_counts_against_the_whole() -> None:
    with open_zip(io.BytesIO(archive(("a", b"x" * 600))), ZipLimits(total_bytes=1000)) as opened:
        opened.read("a")
        with pytest.raises(BadZip, match="more than 400 bytes"):
            opened.read("a")
    with (
        open_zip(io.BytesIO(archive(("a", b"x" * 600)))) as opened,
        pytest.raises(BadZip, match="more than 100 bytes"),
    ):
        opened.read("a", max_bytes=100)


def test_a_giant_table_of_contents_is_refused_before_it_is_loaded() -> None:
    data = bytearray(archive(("a", b"x")))
    data[-10:-6] = struct.pack("<L", 500_000_000)
    assert "table of contents is 500000000 bytes" in refusal(bytes(data))


def test_a_broken_member_is_told() -> None:
    data = bytearray(archive(("a", b"hello world" * 50)))
    data[40] ^= 0xFF
    with open_zip(io.BytesIO(bytes(data))) as opened, pytest.raises(BadZip):
        opened.read("a")


@given(st.integers(0, 300), st.binary(max_size=6), st.integers(0, 300))
def test_a_damaged_archive_is_read_or_refused_and_nothing_else(at: int, junk: bytes, end: int) -> None:
    data = archive(("a.txt", b"hello world" * 20), ("b/c", b"x"))
    data = data[:at] + junk + data[at + len(junk) : len(data) - end // 10]
    try:
        with open_zip(io.BytesIO(data)) as opened:
            for name in opened.names():
                opened.read(name)
    except BadZip:
        pass
