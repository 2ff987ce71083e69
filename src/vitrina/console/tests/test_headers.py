"""What the studio says to browsers over HTTPS, judged by the published rules of MDN's HTTP Observatory."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from vitrina.console.tests.running import ROOT, Studio, environment, wait_for

pytestmark = pytest.mark.browser

HALF_A_YEAR = 15_768_000


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read().decode("utf-8", "replace")
        self.cookies: dict[str, Morsel[str]] = {}
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies.update(SimpleCookie(line))


class Front:
    """The proxy that ends TLS, as the studio hears it."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.jar: dict[str, str] = {}

    def ask(
        self, method: str, path: str, data: dict[str, str] | None = None, scheme: str = "https"
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"X-Forwarded-Proto": scheme, "Host": self.host, "Referer": f"https://{self.host}{path}"}
        if self.jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(data) if data else None, headers)
        answer = Answer(connection.getresponse())
        self.jar.update({name: morsel.value for name, morsel in answer.cookies.items()})
        connection.close()
        return answer


@pytest.fixture(scope="module")
def front(studio: Studio) -> Iterator[Front]:
    """The same studio once more, told that it stands behind a proxy with HTTPS. Greta changes her language; nobody minds."""
    studio.run(
        "from tests import factories; from vitrina.accounts.models import Seller\n"
        "factories.user('greta', seller=Seller.objects.get(slug='hat'))"
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "vitrina.config.asgi:application", "--port", str(port), "--lifespan", "off", "--no-access-log"],
        env=environment(studio.data_dir) | {"VITRINA_HTTPS": "1", "VITRINA_BEHIND_PROXY": "1"},
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        front = Front(f"http://127.0.0.1:{port}")
        wait_for(f"http://127.0.0.1:{port}/health/live", server, {"X-Forwarded-Proto": "https"})
        yield front
    finally:
        server.terminate()
        server.wait(15)


def signed_in(front: Front) -> list[Answer]:
    """Both answers of signing in: the form, and the way inside."""
    form = front.ask("GET", "/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form.body)
    assert token
    names = re.findall(r'<input[^>]+name="([^"]+)"', form.body)
    fields = {"csrfmiddlewaretoken": token[1]} | {name: "" for name in names if name == "next"}
    inside = front.ask("POST", "/login/", fields | {"name": "greta", "password": "greta-password"})
    assert inside.status == 302
    assert inside.headers["Location"] == "/"
    return [form, inside]


def score(answer: Answer, cookies: list[Morsel[str]], redirect: Answer) -> dict[str, int]:
    """The Observatory's modifiers that differ from zero; 100 and they make the score."""
    found = {
        "content-security-policy": of_policy(answer.headers.get("Content-Security-Policy", "")),
        "cookies": of_cookies(cookies),
        "cors": -50 if answer.headers.get("Access-Control-Allow-Origin") == "*" else 0,
        "redirection": 0
        if redirect.status in (301, 302, 307, 308) and redirect.headers["Location"].startswith("https://")
        else -20,
        "referrer-policy": 5
        if answer.headers.get("Referrer-Policy")
        in {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
        else -5,
        "strict-transport-security": of_transport(answer.headers.get("Strict-Transport-Security", "")),
        "subresource-integrity": 0 if not re.search(r'<script[^>]+src="(https?:)?//', answer.body) else -50,
        "x-content-type-options": 0 if answer.headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": 5
        if "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", "")
        else -20,
        "cross-origin-resource-policy": 10
        if answer.headers.get("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"}
        else 0,
    }
    return {name: points for name, points in found.items() if points}


def of_policy(policy: str) -> int:
    parts = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    if not parts:
        return -25
    script = parts.get("script-src", parts.get("default-src", ["*"]))
    style = parts.get("style-src", parts.get("default-src", ["*"]))
    if {"'unsafe-inline'", "*", "https:", "http:", "data:"} & set(script):
        return -20
    if "'unsafe-eval'" in script:
        return -10
    if {"'unsafe-inline'", "*", "https:", "data:"} & set(style):
        return 0
    return 10 if parts.get("default-src") == ["'none'"] else 5


def of_cookies(cookies: list[Morsel[str]]) -> int:
    if not all(cookie["secure"] for cookie in cookies):
        return -20
    if not all(cookie["httponly"] for cookie in cookies if "session" in cookie.key):
        return -30
    return 5 if all(cookie["samesite"] in {"Lax", "Strict"} for cookie in cookies) else 0


def of_transport(header: str) -> int:
    age = re.search(r"max-age=(\d+)", header)
    if age is None:
        return -20
    return 0 if int(age[1]) >= HALF_A_YEAR else -10


def test_the_observatory_would_give_the_best_grade(front: Front) -> None:
    answers = signed_in(front)
    page = front.ask("GET", "/")
    assert page.status == 200
    changed = [
        front.ask("POST", path, {"csrfmiddlewaretoken": front.jar["csrftoken"], field: value, "next": "/"})
        for path, field, value in (("/language/", "language", "en"), ("/theme/", "theme", "dark"))
    ]
    cookies = [cookie for answer in (*answers, page, *changed) for cookie in answer.cookies.values()]
    assert {cookie.key for cookie in cookies} >= {"sessionid", "csrftoken", "theme"}
    modifiers = score(page, cookies, front.ask("GET", "/", scheme="http"))
    assert modifiers == {
        "content-security-policy": 10,
        "cookies": 5,
        "referrer-policy": 5,
        "x-frame-options": 5,
        "cross-origin-resource-policy": 10,
    }
    assert 100 + sum(modifiers.values()) >= 100


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/no-such-page/", "/static/console/js/live.js", "/health/live"]
)
def test_every_kind_of_answer_is_confined(front: Front, path: str) -> None:
    headers = front.ask("GET", path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers or "Python" not in headers["Server"]
    if not path.startswith("/static/"):
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_no_file_of_the_pages_names_another_origin() -> None:
    static = ROOT / "src" / "vitrina" / "console" / "static" / "console"
    named: dict[str, Any] = {
        path.name: found
        for path in static.rglob("*")
        if path.suffix in {".js", ".css"}
        and (found := re.findall(r"""["'(](?:https?:)?//[^"')]+""", path.read_text()))
    }
    assert named == {}
