from __future__ import annotations

import gzip
import socket
import ssl
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from tests.private_addresses import PRIVATE_ADDRESSES, PRIVATE_NAMES, PRIVATE_URLS

from vitrina.lib import fetch as module
from vitrina.lib.fetch import Fetcher, FetchFailed, FetchRefused, fetch
from vitrina.lib.guard import Guard
from vitrina.lib.tests.conftest import SERVER_ADDRESS, ScriptedServer, answer

NAMES = PRIVATE_NAMES | {"feed.example": [SERVER_ADDRESS]}


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were connected to."""
    seen: list[str] = []
    genuine = socket.create_connection

    def watched(address: tuple[str, int], timeout: float) -> socket.socket:
        seen.append(address[0])
        assert address[0].startswith("127.0.0.7"), "tests reach nothing but their own server"
        return genuine(address, timeout)

    monkeypatch.setattr(module.socket, "create_connection", watched)
    return seen


@pytest.fixture
def fetcher(server: ScriptedServer) -> Fetcher:
    guard = Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port])
    return Fetcher(guard, resolve=lambda host, port: NAMES.get(host, ["93.184.216.34"]))


def test_there_are_enough_private_urls() -> None:
    assert len(set(PRIVATE_URLS)) >= 52


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_a_private_url_is_refused_and_nothing_is_connected_to(
    url: str, fetcher: Fetcher, connected: list[str], server: ScriptedServer
) -> None:
    with pytest.raises(FetchRefused):
        fetcher.fetch(url)
    assert connected == []


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_a_redirect_to_a_private_url_is_refused(
    url: str, fetcher: Fetcher, connected: list[str], server: ScriptedServer
) -> None:
    location = f"Location: {url}".encode()
    server.script = lambda request, connection: connection.sendall(
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + location + b"\r\n\r\n"
    )
    with pytest.raises(FetchRefused):
        fetcher.fetch(f"{server.url}/start")
    assert connected == [SERVER_ADDRESS]


@pytest.mark.parametrize("private", [*PRIVATE_ADDRESSES])
def test_a_second_answer_of_the_name_server_is_never_connected_to(
    private: str, server: ScriptedServer, connected: list[str]
) -> None:
    answers = iter([[SERVER_ADDRESS], [private]])
    fetcher = Fetcher(
        Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port]), resolve=lambda host, port: next(answers)
    )
    assert fetcher.fetch(f"http://rebind.example:{server.port}/").body == b"hello"
    with pytest.raises(FetchRefused):
        fetcher.fetch(f"http://rebind.example:{server.port}/")
    assert connected == [SERVER_ADDRESS]


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_a_name_that_turns_private_between_two_hops_is_refused(
    url: str, server: ScriptedServer, connected: list[str]
) -> None:
    private = PRIVATE_ADDRESSES[PRIVATE_URLS.index(url) % len(PRIVATE_ADDRESSES)]
    answers = iter([[SERVER_ADDRESS], [SERVER_ADDRESS, private]])
    fetcher = Fetcher(
        Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port]), resolve=lambda host, port: next(answers)
    )
    server.script = lambda request, connection: connection.sendall(
        answer(b"", "Location: /again", status="301 Moved")
    )
    with pytest.raises(FetchRefused):
        fetcher.fetch(f"http://rebind.example:{server.port}/")
    assert connected == [SERVER_ADDRESS]


@pytest.mark.parametrize("path", ["/", "/a?b=c", "/с пробелом", "/a%20b", "/#top", "/?q=ё"])
def test_legal_urls_are_fetched(path: str, fetcher: Fetcher, server: ScriptedServer) -> None:
    fetched = fetcher.fetch(f"http://feed.example:{server.port}{path}")
    assert (fetched.status, fetched.body) == (200, b"hello")
    assert f"Host: feed.example:{server.port}\r\n".encode() in server.requests[0]


def test_the_default_fetcher_refuses_loopback() -> None:
    with pytest.raises(FetchRefused, match="private or reserved"):
        fetch("http://127.0.0.1/")


def test_proxies_of_the_environment_are_not_used(
    fetcher: Fetcher, server: ScriptedServer, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    assert fetcher.fetch(server.url).body == b"hello"
    assert connected == [SERVER_ADDRESS]


def test_a_redirect_is_followed_and_the_last_address_is_told(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    def script(request: bytes, connection: socket.socket) -> None:
        if request.startswith(b"GET /old "):
            connection.sendall(answer(b"", "Location: /new?x=1", status="302 Found"))
        else:
            connection.sendall(answer(b"new"))

    server.script = script
    fetched = fetcher.fetch(f"{server.url}/old")
    assert (fetched.url, fetched.body) == (f"{server.url}/new?x=1", b"new")


def test_a_redirect_loop_ends(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = lambda request, connection: connection.sendall(
        answer(b"", "Location: /again", status="302 Found")
    )
    with pytest.raises(FetchFailed, match="redirected more than 5 times") as caught:
        fetcher.fetch(server.url)
    assert caught.value.permanent
    assert len(server.requests) == 6


def test_keys_and_passwords_do_not_follow_to_another_host(fetcher: Fetcher, server: ScriptedServer) -> None:
    def script(request: bytes, connection: socket.socket) -> None:
        if b"feed.example" in request:
            connection.sendall(answer(b"", f"Location: {server.url}/", status="302 Found"))
        else:
            connection.sendall(answer(b"hello"))

    server.script = script
    fetcher.fetch(f"http://user:secret@feed.example:{server.port}/", headers={"X-Api-Key": "key"})
    assert b"Authorization: Basic dXNlcjpzZWNyZXQ=" in server.requests[0]
    assert b"X-Api-Key: key" in server.requests[0]
    assert b"Authorization" not in server.requests[1]
    assert b"X-Api-Key" not in server.requests[1]


def test_an_unchanged_document_is_not_sent_again(
    fetcher: Fetcher, server: ScriptedServer, tmp_path: Path
) -> None:
    server.script = lambda request, connection: connection.sendall(
        b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n'
    )
    fetched = fetcher.fetch(server.url, etag='"7"', last_modified="Mon, 02 Mar 2026 10:00:00 GMT")
    assert fetched.not_modified
    assert fetched.body == b""
    assert b'If-None-Match: "7"\r\nIf-Modified-Since: Mon, 02 Mar 2026 10:00:00 GMT\r\n' in server.requests[0]
    saved = fetcher.fetch_to_file(server.url, tmp_path / "feed", etag='"7"')
    assert saved.not_modified
    assert not (tmp_path / "feed").exists()


def test_a_validator_that_would_break_the_request_is_left_out(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    fetcher.fetch(server.url, etag='"7"\r\nX-Evil: 1')
    assert b"X-Evil" not in server.requests[0]


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("GZIP", gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("identity", b"hello"),
    ],
)
def test_packed_answers_are_unpacked(
    encoding: str, packed: bytes, fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.script = lambda request, connection: connection.sendall(
        answer(packed, f"Content-Encoding: {encoding}")
    )
    assert fetcher.fetch(server.url).body == b"hello"


def test_a_gzip_bomb_is_counted_after_unpacking(
    fetcher: Fetcher, server: ScriptedServer, tmp_path: Path
) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    server.script = lambda request, connection: connection.sendall(answer(bomb, "Content-Encoding: gzip"))
    with pytest.raises(FetchFailed, match="bigger than 1000000 bytes"):
        fetcher.fetch_to_file(server.url, tmp_path / "feed", max_bytes=1_000_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("packed", "words"),
    [(gzip.compress(b"hello" * 100, mtime=0)[:-9], "cut short"), (b"not gzip at all", "broken")],
)
def test_a_broken_packed_answer_is_not_taken_for_whole(
    packed: bytes, words: str, fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.script = lambda request, connection: connection.sendall(answer(packed, "Content-Encoding: gzip"))
    with pytest.raises(FetchFailed, match=words):
        fetcher.fetch(server.url)


def test_an_unknown_packing_is_refused(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = lambda request, connection: connection.sendall(answer(b"x", "Content-Encoding: br"))
    with pytest.raises(FetchFailed, match="«br»"):
        fetcher.fetch(server.url)


def test_an_answer_shorter_than_announced_is_not_taken_for_whole(
    fetcher: Fetcher, server: ScriptedServer, tmp_path: Path
) -> None:
    server.script = lambda request, connection: connection.sendall(answer(b"hello", length=500))
    with pytest.raises(FetchFailed, match="announced 500 bytes and sent 5"):
        fetcher.fetch(server.url)
    with pytest.raises(FetchFailed):
        fetcher.fetch_to_file(server.url, tmp_path / "feed")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_chunked_answer_is_not_taken_for_whole(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = lambda request, connection: connection.sendall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe"
    )
    with pytest.raises(FetchFailed):
        fetcher.fetch(server.url)


def test_what_stands_beyond_the_announced_length_is_not_read(
    fetcher: Fetcher, server: ScriptedServer
) -> None:
    server.script = lambda request, connection: connection.sendall(answer(b"hello", length=2))
    assert fetcher.fetch(server.url).body == b"he"


def test_an_announced_giant_is_refused_before_it_is_read(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = lambda request, connection: connection.sendall(answer(b"", length=10**12))
    with pytest.raises(FetchFailed, match="bigger than"):
        fetcher.fetch(server.url)


def test_an_endless_body_is_cut_off(fetcher: Fetcher, server: ScriptedServer) -> None:
    def script(request: bytes, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.closing.is_set():
            connection.sendall(bytes(65536))

    server.script = script
    with pytest.raises(FetchFailed, match="bigger than 1000000 bytes"):
        fetcher.fetch(server.url, max_bytes=1_000_000)


def drip(beginning: bytes) -> object:
    def script(request: bytes, connection: socket.socket) -> None:
        connection.sendall(beginning)
        connection.settimeout(0.05)
        for _ in range(1000):
            connection.sendall(b"x")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return script


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["status", "headers", "body", "body without length"],
)
def test_a_drip_ends_at_the_deadline(beginning: bytes, fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = drip(beginning)  # type: ignore[assignment]
    began = time.monotonic()
    with pytest.raises(FetchFailed, match=r"within 0\.4 seconds"):
        fetcher.fetch(server.url, deadline_seconds=0.4)
    assert time.monotonic() - began < 3


def test_a_name_server_that_never_answers_ends_at_the_deadline(server: ScriptedServer) -> None:
    def never(host: str, port: int) -> list[str]:
        server.closing.wait(5)
        return []

    with pytest.raises(FetchFailed, match="not resolved in time"):
        Fetcher(resolve=never).fetch("http://example.com/", deadline_seconds=0.2)


def test_a_name_that_does_not_exist_is_told(server: ScriptedServer) -> None:
    def missing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchFailed, match="cannot be found") as caught:
        Fetcher(resolve=missing).fetch("http://example.com/")
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("status", "permanent", "retry_after"),
    [
        ("404 Not Found", True, None),
        ("429 Slow", False, 7.0),
        ("503 Busy", False, 7.0),
        ("500 No", False, 7.0),
    ],
)
def test_an_error_status_says_whether_to_ask_again(
    status: str, permanent: bool, retry_after: float | None, fetcher: Fetcher, server: ScriptedServer
) -> None:
    headers = ["Retry-After: 7"] if retry_after else []
    server.script = lambda request, connection: connection.sendall(answer(b"x", *headers, status=status))
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(server.url)
    assert caught.value.status == int(status[:3])
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, retry_after)


@pytest.mark.parametrize(
    "junk", [b"", b"\x00\x01\x02", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 500]
)
def test_what_is_not_http_fails_in_words(junk: bytes, fetcher: Fetcher, server: ScriptedServer) -> None:
    server.script = lambda request, connection: connection.sendall(junk)
    with pytest.raises(FetchFailed):
        fetcher.fetch(server.url)


def test_a_closed_port_fails_in_words(fetcher: Fetcher, server: ScriptedServer) -> None:
    server.close()
    with pytest.raises(FetchFailed, match="refused the connection"):
        fetcher.fetch(server.url)


def test_the_next_address_is_tried_when_one_is_dead(server: ScriptedServer, connected: list[str]) -> None:
    guard = Guard.allowing(["127.0.0.64/27"], [server.port])
    fetcher = Fetcher(guard, resolve=lambda host, port: ["127.0.0.78", SERVER_ADDRESS])
    assert fetcher.fetch(f"http://two.example:{server.port}/").body == b"hello"
    assert connected == ["127.0.0.78", SERVER_ADDRESS]


def test_a_feed_is_streamed_into_its_file(fetcher: Fetcher, server: ScriptedServer, tmp_path: Path) -> None:
    body = b"0123456789" * 500_000
    server.script = lambda request, connection: connection.sendall(answer(body, 'ETag: "v1"'))
    saved = fetcher.fetch_to_file(server.url, tmp_path / "feed.xml")
    assert saved.size == len(body)
    assert saved.headers["etag"] == '"v1"'
    assert saved.path.read_bytes() == body
    assert [path.name for path in tmp_path.iterdir()] == ["feed.xml"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for «feed.example», with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "feed.example")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("feed.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + built.public_bytes(Encoding.PEM)
    )
    return path


def speak_tls(server: ScriptedServer, certificate: Path) -> list[str]:
    """Make the server speak TLS; the names that clients ask for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    names: list[str] = []
    context.sni_callback = lambda connection, name, context: names.append(name)

    def wrap(connection: socket.socket) -> socket.socket:
        return context.wrap_socket(connection, server_side=True)

    server.wrap = wrap
    return names


@pytest.mark.parametrize(
    ("host", "words"),
    [("feed.example", ""), ("other.example", "certificate of «other.example» cannot be trusted")],
)
def test_the_certificate_is_checked_against_the_name_though_the_address_is_pinned(
    host: str, words: str, server: ScriptedServer, certificate: Path
) -> None:
    names = speak_tls(server, certificate)
    guard = Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port])
    trusting = ssl.create_default_context(cafile=str(certificate))
    fetcher = Fetcher(guard, resolve=lambda host, port: [SERVER_ADDRESS], tls=trusting)
    if words:
        with pytest.raises(FetchFailed, match=words):
            fetcher.fetch(f"https://{host}:{server.port}/")
    else:
        assert fetcher.fetch(f"https://{host}:{server.port}/").body == b"hello"
    assert names == [host]


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    server: ScriptedServer, certificate: Path
) -> None:
    speak_tls(server, certificate)
    guard = Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port])
    with pytest.raises(FetchFailed, match="cannot be trusted"):
        Fetcher(guard, resolve=lambda host, port: [SERVER_ADDRESS]).fetch(
            f"https://feed.example:{server.port}/"
        )
    assert server.requests == []


def test_a_server_that_speaks_no_tls_fails_in_words(server: ScriptedServer) -> None:
    guard = Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port])
    server.script = lambda request, connection: connection.sendall(b"not TLS")
    with pytest.raises(FetchFailed):
        Fetcher(guard, resolve=lambda host, port: [SERVER_ADDRESS]).fetch(
            f"https://feed.example:{server.port}/", deadline_seconds=0.5
        )
