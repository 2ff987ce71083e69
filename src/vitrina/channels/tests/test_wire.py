"""What is known after an exchange with a marketplace: that nothing happened, that it answered, or neither."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vitrina.channels import wire as wiring
from vitrina.channels.errors import ChannelError, InDoubt, Refused, Throttled, Unavailable, Unreadable
from vitrina.channels.tests.loopback import Loopback, Said, dead_url
from vitrina.channels.throttle import Throttle
from vitrina.channels.wire import Answered, Wire
from vitrina.lib.rates import Rate

RATE = Rate("feedbacks", per_minute=60_000)


class Free(Throttle):
    """No limit, and no database."""

    def __init__(self) -> None:
        self.held: list[tuple[str, float]] = []

    def enter(self, rate: Rate) -> None:
        pass

    def hold(self, key: str, seconds: float) -> None:
        self.held.append((key, seconds))


def judge(answered: Answered) -> ChannelError | None:
    if answered.status == 429:
        return Throttled("Later.", retry_after=float(answered.headers["x-retry"]), status=429)
    if answered.status == 422:
        return Refused(f"It says: {answered.body['why']}", status=422)
    return None


@pytest.fixture
def wire() -> Wire:
    return Wire("The market", {"Authorization": "key"}, Free(), judge)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same pool with less patience between two pieces."""
    pool = urllib3.PoolManager(
        retries=False, timeout=urllib3.Timeout(connect=2, read=0.2), headers=wiring._pool.headers
    )
    monkeypatch.setattr(wiring, "_pool", pool)


def raised(wire: Wire, url: str, *, sends: bool) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        wire.ask("POST", f"{url}/answers", rate=RATE, body={"text": "Спасибо!"}, sends=sends)
    assert "Спасибо" not in str(caught.value)
    return caught.value


def both(wire: Wire, url: str) -> tuple[type[ChannelError], type[ChannelError]]:
    """What a reading raises, and what a sending does."""
    return type(raised(wire, url, sends=False)), type(raised(wire, url, sends=True))


# --- What goes out, what comes back ------------------------------------------------------------------------


def test_json_goes_out_and_comes_back(wire: Wire, loopback: Loopback) -> None:
    loopback.script = lambda said: said.answer(200, {"слово": [1, None]})
    told = wire.ask(
        "POST", f"{loopback.url}/a", rate=RATE, query={"from": 7, "q": "а б&c"}, body={"text": "Ёлка"}
    )
    assert told == {"слово": [1, None]}
    [came] = loopback.came
    assert (came.method, came.target) == ("POST", "/a?from=7&q=%D0%B0+%D0%B1%26c")
    assert came.body == '{"text":"Ёлка"}'.encode()
    assert came.headers["content-type"] == "application/json"
    assert came.headers["authorization"] == "key"
    assert came.headers["accept"] == "application/json"


def test_a_form_goes_out_as_multipart(wire: Wire, loopback: Loopback) -> None:
    wire.ask("POST", loopback.url, rate=RATE, form={"replySign": "x", "message": "Добрый день"}, sends=True)
    [came] = loopback.came
    assert came.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="replySign"\r\n\r\nx\r\n' in came.body
    assert 'name="message"\r\n\r\nДобрый день\r\n'.encode() in came.body


def test_an_answer_without_a_body_is_none(wire: Wire, loopback: Loopback) -> None:
    loopback.script = lambda said: said.send(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    assert wire.ask("POST", loopback.url, rate=RATE, body={}, sends=True) is None


def test_a_packed_answer_and_one_in_chunks_are_read_whole(wire: Wire, loopback: Loopback) -> None:
    packed = gzip.compress(b'{"rows": [' + b"1," * 200_000 + b"1]}")
    loopback.script = lambda said: said.answer(200, packed, Content_Encoding="gzip")
    assert len(wire.ask("GET", loopback.url, rate=RATE)["rows"]) == 200_001
    loopback.script = lambda said: said.send(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n3\r\n,3]\r\n0\r\n\r\n"
    )
    assert wire.ask("GET", loopback.url, rate=RATE) == [1, 2, 3]


# --- Nothing was sent --------------------------------------------------------------------------------------


def test_without_a_connection_nothing_was_sent(wire: Wire) -> None:
    url = dead_url()
    assert both(wire, url) == (Unavailable, Unavailable)
    assert "nothing was sent" in str(raised(wire, url, sends=True))


def test_what_may_not_leave_any_more_does_not(loopback: Loopback) -> None:
    answers = iter([True, False])
    wire = Wire("The market", {}, Free(), judge, lambda: next(answers))
    wire.ask("GET", loopback.url, rate=RATE)
    wire.ask("POST", loopback.url, rate=RATE, body={"asks": 1})  # changes nothing there: nobody is asked
    assert wire.ask("POST", loopback.url, rate=RATE, body={"text": "Да"}, sends=True) == {}
    for given in ({"body": {"text": "Да"}}, {"form": {"message": "Да"}}):
        answers = iter([False])
        with pytest.raises(Unavailable, match="before anything was sent"):
            wire.ask("POST", loopback.url, rate=RATE, sends=True, **given)  # type: ignore[arg-type]
    assert len(loopback.came) == 3


def test_a_name_that_nobody_knows_sent_nothing(wire: Wire) -> None:
    assert both(wire, "http://no-such-host.invalid") == (Unavailable, Unavailable)


# --- Sent, and no end seen ---------------------------------------------------------------------------------


def cut(said: Said) -> None:
    pass


def half(said: Said) -> None:
    said.send(b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"id": ')


def half_a_chunk(said: Said) -> None:
    said.send(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{"id": ')


def half_a_fault(said: Said) -> None:
    said.send(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 400\r\n\r\n<html>")


def half_a_head(said: Said) -> None:
    said.send(b"HTTP/1.1 200 OK\r\nContent-Le")


def reset(said: Said) -> None:
    said.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def nonsense(said: Said) -> None:
    said.send(b"\x00\x01\x02 what\r\n\r\n")


def broken_packing(said: Said) -> None:
    said.answer(200, b"not packed at all", Content_Encoding="gzip")


@pytest.mark.parametrize(
    "script", [cut, half, half_a_chunk, half_a_fault, half_a_head, reset, nonsense, broken_packing]
)
def test_cut_after_sending_it_may_have_arrived(
    script: Callable[[Said], None], wire: Wire, loopback: Loopback
) -> None:
    loopback.script = script
    assert both(wire, loopback.url) == (Unavailable, InDoubt)
    assert len(loopback.came) == 2  # one try each


def test_an_answer_that_comes_too_late_leaves_a_doubt(
    wire: Wire, loopback: Loopback, impatient: None
) -> None:
    loopback.script = lambda said: said.hang()
    assert both(wire, loopback.url) == (Unavailable, InDoubt)
    assert len(loopback.came) == 2


def test_a_refusal_whose_words_are_cut_did_nothing(wire: Wire, loopback: Loopback) -> None:
    loopback.script = lambda said: said.send(
        b'HTTP/1.1 400 Bad Request\r\nContent-Length: 400\r\n\r\n{"why": '
    )
    assert both(wire, loopback.url) == (Unavailable, Unavailable)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_trouble_of_its_own_leaves_a_doubt_about_what_was_sent(
    status: int, wire: Wire, loopback: Loopback
) -> None:
    loopback.script = lambda said: said.answer(status, b"<html>busy</html>")
    assert both(wire, loopback.url) == (Unavailable, InDoubt)


def test_a_page_of_html_in_place_of_an_answer(wire: Wire, loopback: Loopback) -> None:
    for body in (b"<html>maintenance</html>", b'{"id": 7', b"\xff\xfe"):
        loopback.script = lambda said, body=body: said.answer(200, body)  # type: ignore[misc]
        assert both(wire, loopback.url) == (Unreadable, InDoubt)


# --- Too much, too long ------------------------------------------------------------------------------------


def dripping(said: Said) -> None:
    """A whole length is promised, and a byte comes now and then."""
    said.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n[")
    with suppress(OSError):
        while not said.over.wait(0.02):
            said.send(b" ")


def endless(said: Said) -> None:
    said.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    with suppress(OSError):
        while not said.over.wait(0.02):
            said.send(b"1\r\n \r\n")


@pytest.mark.parametrize("script", [dripping, endless])
def test_an_answer_without_an_end_is_left(
    script: Callable[[Said], None], wire: Wire, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "TOTAL_SECONDS", 0.2)
    loopback.script = script
    began = time.monotonic()
    assert both(wire, loopback.url) == (Unavailable, InDoubt)
    assert time.monotonic() - began < 5


def test_an_answer_that_is_too_big_is_left_also_when_it_is_packed(
    wire: Wire, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 300_000
    monkeypatch.setattr(wiring, "MOST_BYTES", most)
    whole = b"[" + b" " * (most - 2) + b"]"
    loopback.script = lambda said: said.answer(200, whole)
    assert wire.ask("GET", loopback.url, rate=RATE) == []
    with suppress(OSError):
        loopback.script = lambda said: said.answer(200, whole + b" ")
        assert both(wire, loopback.url) == (Unavailable, InDoubt)
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < most
    loopback.script = lambda said: said.answer(200, bomb, Content_Encoding="gzip")
    assert both(wire, loopback.url) == (Unavailable, InDoubt)


# --- What it says ------------------------------------------------------------------------------------------


def test_a_redirect_is_not_followed(wire: Wire, loopback: Loopback) -> None:
    elsewhere = Loopback()
    for status in (301, 302, 303, 307, 308):
        loopback.script = lambda said, status=status: said.answer(status, None, Location=elsewhere.url)  # type: ignore[misc]
        assert both(wire, loopback.url) == (Unreadable, InDoubt)
    assert elsewhere.came == []
    elsewhere.close()


def test_what_the_marketplace_means_is_the_adapters_to_say(wire: Wire, loopback: Loopback) -> None:
    loopback.script = lambda said: said.answer(422, {"why": "no such review"})
    fault = raised(wire, loopback.url, sends=True)
    assert (type(fault), str(fault)) == (Refused, "It says: no such review")


def test_a_refusal_without_known_words_is_told_by_its_status(wire: Wire, loopback: Loopback) -> None:
    for status, body in ((418, b"<html>"), (451, None), (404, b'{"x":1}')):
        loopback.script = lambda said, status=status, body=body: said.answer(status, body)  # type: ignore[misc]
        fault = raised(wire, loopback.url, sends=True)
        assert (type(fault), fault.permanent) == (ChannelError, True)
        assert str(status) in str(fault)


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("body", [b"<html>no bots</html>", None, b"[]"])
def test_a_guard_before_the_marketplace_speaks_for_nobody(
    status: int, body: bytes | None, wire: Wire, loopback: Loopback
) -> None:
    loopback.script = lambda said: said.answer(status, body)
    assert both(wire, loopback.url) == (Unavailable, Unavailable)


@pytest.mark.django_db(transaction=True)
def test_too_many_holds_everybody_of_the_account_under_that_limit(loopback: Loopback) -> None:
    def at(account: str) -> Wire:
        return Wire("The market", {}, Throttle(account), judge)

    loopback.script = lambda said: said.answer(429, {}, X_Retry="90")
    with pytest.raises(Throttled) as first:
        at("market:1").ask("GET", loopback.url, rate=RATE)
    assert first.value.retry_after == 90
    loopback.script = lambda said: said.answer(200, {})
    with pytest.raises(Throttled) as second:
        at("market:1").ask("GET", loopback.url, rate=RATE)
    assert 80 < (second.value.retry_after or 0) <= 90
    assert len(loopback.came) == 1
    at("market:2").ask("GET", loopback.url, rate=RATE)
    at("market:1").ask("GET", loopback.url, rate=Rate("chat", per_minute=600))
    assert len(loopback.came) == 3


# --- TLS ---------------------------------------------------------------------------------------------------


class Secure:
    """A server with a certificate of its own making. `after`: what it does with the bare wire once a request came."""

    def __init__(self, folder: Path, after: Callable[[ssl.SSLSocket], None]) -> None:
        self.certificate = str(folder / "certificate.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        _write_certificate(Path(self.certificate))
        context.load_cert_chain(self.certificate)
        self.came: list[bytes] = []
        self._after = after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, args=(context,), daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self, context: ssl.SSLContext) -> None:
        while True:
            try:
                bare, _address = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), context.wrap_socket(bare, server_side=True) as wire:
                wire.settimeout(5)
                self.came.append(wire.recv(65536))
                self._after(wire)


def _write_certificate(path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    from ipaddress import ip_address

    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )


@pytest.fixture
def broken_tls(tmp_path: Path) -> Iterator[Secure]:
    """Takes a request, then sends what is no TLS."""

    def rubbish(wire: ssl.SSLSocket) -> None:
        with socket.fromfd(wire.fileno(), wire.family, wire.type) as bare:
            bare.sendall(b"this was never a record of TLS")

    server = Secure(tmp_path, rubbish)
    yield server
    server.close()


def test_a_certificate_that_is_not_trusted_gets_nothing(wire: Wire, broken_tls: Secure) -> None:
    assert both(wire, broken_tls.url) == (Unavailable, Unavailable)
    assert broken_tls.came == []


def test_tls_that_breaks_after_the_request_leaves_a_doubt(
    wire: Wire, broken_tls: Secure, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = urllib3.PoolManager(retries=False, ca_certs=broken_tls.certificate, headers={})
    monkeypatch.setattr(wiring, "_pool", trusting)
    assert both(wire, broken_tls.url) == (Unavailable, InDoubt)
    assert len(broken_tls.came) == 2


def test_nobody_waits_forever() -> None:
    settings: Any = wiring._pool.connection_pool_kw
    assert settings["timeout"].connect_timeout == wiring.CONNECT_SECONDS
    assert settings["timeout"].read_timeout == wiring.READ_SECONDS
    assert settings["retries"].total is False
