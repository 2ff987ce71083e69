from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from vitrina.lib.storage import BadName, DiskStorage, S3Storage, Storage, check_name

KEYS = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="files")
    client.close()
    yield endpoint
    server.stop()


@pytest.fixture(params=["disk", pytest.param("s3", marks=pytest.mark.s3)])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "disk":
        return DiskStorage(tmp_path / "files")
    return S3Storage("files", endpoint_url=request.getfixturevalue("s3_endpoint"), **KEYS)


def stored(storage: Storage, name: str) -> bytes:
    with storage.open(name) as file:
        return file.read()


def test_what_is_saved_is_read_back(storage: Storage) -> None:
    body = os.urandom(3_000_000)
    storage.save("cards/7/фото 1.webp", io.BytesIO(body))
    assert storage.exists("cards/7/фото 1.webp")
    assert stored(storage, "cards/7/фото 1.webp") == body


def test_saving_again_replaces(storage: Storage) -> None:
    storage.save("a.txt", io.BytesIO(b"one"))
    storage.save("a.txt", io.BytesIO(b"two"))
    assert stored(storage, "a.txt") == b"two"


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    storage.save("empty.txt", io.BytesIO())
    assert storage.exists("empty.txt")
    assert stored(storage, "empty.txt") == b""


def test_the_callers_stream_stays_open(storage: Storage) -> None:
    stream = io.BytesIO(b"x")
    storage.save("a.txt", stream)
    assert not stream.closed


def test_what_is_not_there_is_told(storage: Storage) -> None:
    assert not storage.exists("no/such.txt")
    with pytest.raises(FileNotFoundError):
        storage.open("no/such.txt")
    storage.delete("no/such.txt")


def test_a_deleted_file_is_gone(storage: Storage) -> None:
    storage.save("gone.txt", io.BytesIO(b"x"))
    storage.delete("gone.txt")
    assert not storage.exists("gone.txt")


def test_a_stream_that_breaks_leaves_the_old_file(storage: Storage) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the line broke")

    storage.save("kept.txt", io.BytesIO(b"old"))
    with pytest.raises(OSError, match="the line broke"):
        storage.save("kept.txt", Broken())
    assert stored(storage, "kept.txt") == b"old"


BAD_NAMES = ["", "/etc/passwd", "../x", "a/../x", "a//b", "a/", "./a", ".", "..", "a\\b", "C:/x", "a\x00b", "a\nb", " a", "a " , "x" * 300, "a/" * 500 + "b", "\ud800"]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_leads_elsewhere_is_refused_by_every_deed(storage: Storage, name: str) -> None:
    for deed in (
        storage.open,
        storage.exists,
        storage.delete,
        storage.url,
        lambda name: storage.save(name, io.BytesIO()),
    ):
        with pytest.raises(BadName):
            deed(name)


def test_many_threads_save_at_once(storage: Storage) -> None:
    threads = [
        threading.Thread(target=storage.save, args=("same.txt", io.BytesIO(bytes([number]) * 100_000)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    body = stored(storage, "same.txt")
    assert len(body) == 100_000
    assert len(set(body)) == 1


def test_the_disk_holds_no_half_written_files(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError

    storage = DiskStorage(tmp_path)
    with pytest.raises(OSError):
        storage.save("a/b.txt", Broken())
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_that_leads_outside_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_bytes(b"key")
    storage = DiskStorage(tmp_path / "files")
    storage.save("a.txt", io.BytesIO(b"x"))
    (tmp_path / "files" / "out").symlink_to(tmp_path / "secret")
    with pytest.raises(BadName):
        storage.open("out/key")
    with pytest.raises(BadName):
        storage.save("out/new", io.BytesIO(b"x"))
    assert [path.name for path in (tmp_path / "secret").iterdir()] == ["key"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    storage = DiskStorage(tmp_path)
    storage.save("a/b.txt", io.BytesIO(b"x"))
    assert not storage.exists("a")
    with pytest.raises(FileNotFoundError):
        storage.open("a")
    storage.delete("a")
    assert storage.exists("a/b.txt")


def test_addresses_are_quoted(tmp_path: Path) -> None:
    assert DiskStorage(tmp_path, "/media").url("a/ё 1.txt") == "/media/a/%D1%91%201.txt"
    public = S3Storage("files", public_url="https://cdn.example/", **KEYS)
    assert public.url("a/ё 1.txt") == "https://cdn.example/a/%D1%91%201.txt"


@pytest.mark.s3
def test_without_a_public_address_links_are_signed(s3_endpoint: str) -> None:
    storage = S3Storage("files", endpoint_url=s3_endpoint, **KEYS)
    storage.save("signed.txt", io.BytesIO(b"hello"))
    link = storage.url("signed.txt")
    assert "Signature=" in link
    with urlopen(link) as answer:
        assert (answer.read(), answer.headers["Content-Type"]) == (b"hello", "text/plain")


@given(st.text())
def test_a_name_is_plain_or_refused_and_nothing_else(name: str) -> None:
    try:
        check_name(name)
    except BadName:
        return
    root = Path("/srv/files")
    assert Path(os.path.normpath(root / name)).is_relative_to(root)
    assert Path(os.path.normpath(root / name)) != root
