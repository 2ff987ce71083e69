"""Pictures in a bucket: the same as on a disk; and what a bucket that fails, or half takes, leaves behind: no row."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import checking
from vitrina.catalog.pictures.fetching import Told, fetch
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.catalog.pictures.tests.site import Site, picture
from vitrina.lib import files

pytestmark = [pytest.mark.django_db, pytest.mark.s3]

BUCKET = "shop-pictures"


class Between:
    """Stands before the bucket. `spoil`: (method, path, body) → the body to pass on, or a status to answer with."""

    def __init__(self, port: int) -> None:
        self.spoil: Callable[[str, str, bytes], bytes | int] = lambda method, path, body: body
        between = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                passed = between.spoil(self.command, self.path, body)
                if isinstance(passed, int):
                    self.send_response(passed)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                headers = dict(self.headers.items())
                if passed != body:  # whoever cuts a body says nothing of its sums
                    headers = {
                        name: value for name, value in headers.items() if "checksum" not in name.lower()
                    }
                    headers.pop("Content-MD5", None)
                    headers["Content-Length"] = str(len(passed))
                other = HTTPConnection("127.0.0.1", port, timeout=20)
                other.request(self.command, self.path, passed, headers)
                answer = other.getresponse()
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                        self.send_header(name, value)
                length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
                self.send_header("Content-Length", length or "0")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(data)
                other.close()

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass  # noqa: N815 - the names that http.server wants

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Door)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings: Any) -> Iterator[Between]:
    client = boto3.session.Session().client(
        "s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )  # fmt: skip
    client.create_bucket(Bucket=BUCKET)
    between = Between(urlsplit(endpoint).port or 0)
    settings.R2_BUCKET_NAME, settings.R2_ENDPOINT_URL = BUCKET, between.url
    settings.R2_ACCESS_KEY_ID = settings.R2_SECRET_ACCESS_KEY = "test"
    files._storage.cache_clear()
    yield between
    files._storage.cache_clear()
    between.server.shutdown()
    between.server.server_close()
    for row in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        client.delete_object(Bucket=BUCKET, Key=row["Key"])
    client.close()


@pytest.fixture
def dress(seller: Seller, site: Site) -> Product:
    site.pages["/1.jpg"] = picture("red", (400, 300))
    made = factories.product(seller=seller)
    made.images.create(url=f"{site.url}/1.jpg")
    return made


def stored_whole() -> bool:
    """Every row has its files; and there is something to look at."""
    report = checking.check()
    return report.pictures_lost == 0


def test_a_picture_lies_in_the_bucket_as_it_would_on_a_disk(
    bucket: Between, dress: Product, endpoint: str
) -> None:
    assert fetch(dress.seller_id, [dress.pk]) == Told(stored=1)
    kept = Picture.objects.get()
    client = boto3.session.Session().client(
        "s3", endpoint_url=endpoint, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )  # fmt: skip
    for name, media_type in (
        (kept.original_name, "image/jpeg"),
        (kept.processed_name, "image/jpeg"),
        (kept.thumb_name, "image/webp"),
    ):
        head = client.head_object(Bucket=BUCKET, Key=name)
        assert (head["ContentType"], head["CacheControl"]) == (
            media_type,
            "public, max-age=31536000, immutable",
        )
    client.close()
    report = checking.check()
    assert (report.pictures, report.files, report.is_whole) == (1, 3, True)
    files.storage().delete(kept.thumb_name)
    checking.check(mend=True)
    assert fetch(dress.seller_id, [dress.pk]) == Told(stored=1)
    assert checking.check().is_whole


@pytest.mark.parametrize("which", ["original", "processed", "thumbs"])
@pytest.mark.parametrize("fault", ["503", "half"])
def test_a_bucket_that_fails_or_takes_half_leaves_no_row_and_the_next_try_brings_it(
    bucket: Between, dress: Product, which: str, fault: str
) -> None:
    def spoil(method: str, path: str, body: bytes) -> bytes | int:
        if method != "PUT" or f"products/{which}" not in path:
            return body
        return 503 if fault == "503" else body[: len(body) // 2]

    bucket.spoil = spoil
    with pytest.raises(OSError, match="was not stored"):
        fetch(dress.seller_id, [dress.pk], is_last_try=True)
    assert not Picture.objects.exists()
    assert dress.images.get().state == ImageState.WAITING
    bucket.spoil = lambda method, path, body: body
    assert fetch(dress.seller_id, [dress.pk]) == Told(stored=1)
    assert stored_whole()


def test_a_disk_and_a_bucket_name_their_files_alike(bucket: Between, dress: Product, tmp_path: Path) -> None:
    fetch(dress.seller_id, [dress.pk])
    names = {found.name for found in files.storage().walk("products")}
    kept = Picture.objects.get()
    assert names == {kept.original_name, kept.processed_name, kept.thumb_name}
