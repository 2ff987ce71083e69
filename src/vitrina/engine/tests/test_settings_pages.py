"""Settings of models: what is set on the pages is what the engine does, and a key that went in never comes out."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import AuditEntry, User
from vitrina.engine import providing, trying
from vitrina.engine.ask import CallContext, ask
from vitrina.engine.errors import ConfigurationFault
from vitrina.engine.models import Exchange, ModelCall, ProviderSetting, RouteOverride
from vitrina.engine.overrides import installed
from vitrina.engine.providing import Refused
from vitrina.jobs.models import Job

CANARY = "sk-canary-6f1d2c3b4a596877-end4"


@pytest.fixture
def root(db: None) -> User:
    return factories.user("root", is_superuser=True)


@pytest.fixture
def desk(root: User) -> Client:
    client = Client()
    factories.sign_in(client, root)
    return client


class Echo(BaseHTTPRequestHandler):
    """A hostile server: it sends the key that it got back in every answer."""

    def _answer(self) -> None:
        said = self.headers.get("Authorization", "")
        self.server.heard.append(said)  # type: ignore[attr-defined]
        if self.server.says == "error":  # type: ignore[attr-defined]
            status, body = 401, {"error": {"message": f"Wrong key: {said}", "code": "invalid_api_key"}}
        else:
            status = 200
            content = json.dumps(
                {"title": f"Платье {said}", "description": f"Ключ {said} десять", "keywords": []}
            )
            message = {"role": "assistant", "content": content}
            body = {"choices": [{"message": message, "finish_reason": "stop"}], "model": "m"}
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def echo() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.heard, server.says = [], "error"  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def save(desk: Client, name: str, **fields: str) -> Any:
    return desk.post(f"/settings/models/providers/{name}/", fields)


def test_a_key_goes_in_and_never_comes_out(desk: Client, root: User) -> None:
    assert save(desk, "openai", key=CANARY).status_code == 302
    row = ProviderSetting.objects.get(name="openai")
    assert CANARY not in row.sealed_key
    assert installed().endpoints["openai"].key == CANARY
    shown = "".join(
        desk.get(address).content.decode()
        for address in (
            "/settings/models/",
            "/settings/models/providers/openai/",
            "/settings/models/routes/describe/",
            "/jobs/",
        )
    )
    assert CANARY not in shown
    assert "…end4" in shown
    refused = save(desk, "openai", key=f"{CANARY} two words", base_url="ftp://x")
    assert refused.status_code == 422
    assert CANARY not in refused.content.decode()
    save(desk, "openai", requests_per_minute="60")
    assert installed().endpoints["openai"].key == CANARY  # an empty field leaves it
    assert installed().requests["openai"].per_minute == 60
    audited = str(list(AuditEntry.objects.values("action", "before", "after")))
    assert CANARY not in audited
    assert "…end4" in audited
    desk.post("/settings/models/providers/openai/key-removal")
    assert installed().endpoints["openai"].key is None
    assert "provider.remove_key" in set(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_server_that_sends_the_key_back_puts_it_nowhere(
    desk: Client, root: User, echo: Any, generator: Any, listing: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    address = f"http://127.0.0.1:{echo.server_address[1]}/v1"
    assert (
        desk.post(
            "/settings/models/providers/", {"name": "evil", "base_url": address, "key": CANARY}
        ).status_code
        == 302
    )
    assert (
        desk.post(
            "/settings/models/routes/describe/", {"model": ["evil:m"], "seconds": ["5"], "warm_up": "1"}
        ).status_code
        == 302
    )
    results = [trying.ask_for_models("evil"), trying.try_route("describe", user_id=root.pk, job_id=1)]
    with pytest.raises(ConfigurationFault) as caught:
        ask(generator, listing, context=CallContext())
    results.append({"said": str(caught.value)})
    echo.says = "answer"
    answer = ask(generator, listing, context=CallContext())
    results.append({"raw": answer.raw, "title": answer.value.title})
    assert set(echo.heard) == {f"Bearer {CANARY}"}
    told = json.dumps(results, ensure_ascii=False)
    assert "Wrong key: Bearer …" in told
    with connection.cursor() as cursor:
        stored = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            stored.append(str(cursor.fetchall()))
    import zlib

    opened = " ".join(
        zlib.decompress(bytes(one.packed)).decode(errors="replace") for one in Exchange.objects.all()
    )
    calls = list(ModelCall.objects.values_list("pk", flat=True))
    assert Exchange.objects.count() == len(calls) >= 3
    for place in (told, "".join(stored), opened, caplog.text):
        assert CANARY not in place


def test_a_key_is_only_sent_where_it_was_meant_to_go(desk: Client, settings: Any) -> None:
    settings.PROVIDER_KEYS = settings.PROVIDER_KEYS | {"openai": CANARY}
    assert installed().endpoints["openai"].key == CANARY
    save(desk, "openai", base_url="http://10.0.0.7/v1")
    assert installed().endpoints["openai"].key is None  # the environment's key stays at home
    save(desk, "openai", base_url="http://10.0.0.7/v1", key="another-key-of-mine-1234")
    assert installed().endpoints["openai"].key == "another-key-of-mine-1234"
    save(desk, "openai", base_url="http://10.0.0.8/v1")
    assert installed().endpoints["openai"].key is None  # and one that was set here goes with its address
    save(desk, "openai", key="another-key-of-mine-1234")
    assert installed().endpoints["openai"].key == CANARY  # the environment wins at the provider's own address


def test_a_key_under_a_lost_secret_is_said_and_stops_nothing(desk: Client, settings: Any) -> None:
    save(desk, "openai", key=CANARY)
    settings.SECRET_KEY = "quite another one"
    settings.SECRET_KEY_FALLBACKS = []
    assert installed().endpoints["openai"].key is None
    settings.SECRET_KEY_FALLBACKS = ["no-such"]
    assert "openai" in installed().endpoints


@given(st.text(max_size=60))
def test_no_address_passes_that_is_none(text: str) -> None:
    try:
        address = providing.checked_address(text)
    except Refused:
        return
    assert address == "" or address.startswith(("http://", "https://", "HTTP://", "HTTPS://"))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://x/v1", "//x/v1", "http://", "http://me:secret@x/v1", "http://x/v1?key=1", "http://x/v1#a", "http://x /v1",
        "javascript:alert(1)", "http://x:99999999/v1", "http://[::1", "http://x/\nv1",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        providing.checked_address(address)


def test_a_route_is_stored_as_what_differs_and_reset(desk: Client) -> None:
    address = "/settings/models/routes/describe/"
    fields = {
        "model": ["ollama:qwen3", "openrouter:openai/gpt-4o-mini", ""], "seconds": ["12,5", "45", "30"], "offline": "1",
        "output_limit": "1500", "temperature": "0.7", "cache_hours": "168", "warm_up": "1",
    }  # fmt: skip
    assert desk.post(address, fields).status_code == 302
    stored = RouteOverride.objects.get(route="describe").settings
    assert stored == {"steps": [["ollama:qwen3", 12.5], ["openrouter:openai/gpt-4o-mini", 45.0], ["offline"]]}
    assert [target.name for target in installed().targets(installed().routes["describe"])] == ["ollama:qwen3"]
    entry = AuditEntry.objects.get(action="route.set")
    assert (entry.before, entry.after) == (None, stored)
    desk.post(address, fields)
    assert AuditEntry.objects.filter(action="route.set").count() == 1  # nothing changed
    desk.post(f"{address}reset")
    assert not RouteOverride.objects.exists()
    assert AuditEntry.objects.filter(action="route.reset").count() == 1


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"model": ["nobody:m"], "seconds": ["5"]}, "nobody"),
        ({"model": ["openai"], "seconds": ["5"]}, "provider:model"),
        ({"model": ["openai:m"], "seconds": ["90"]}, "90"),
        ({"model": ["openai:m"], "seconds": ["0"]}, "openai:m"),
        ({"model": ["openai:m"], "seconds": ["x"]}, "openai:m"),
        ({"model": ["openai:m", "openai:m"], "seconds": ["5", "5"]}, "openai:m"),
        ({"model": [], "seconds": []}, ""),
        ({"model": ["openai:m"], "seconds": ["5"], "temperature": "3"}, "2"),
        ({"model": ["openai:m"], "seconds": ["5"], "temperature": "nan"}, ""),
        ({"model": ["openai:m"], "seconds": ["5"], "output_limit": "1.5"}, ""),
        ({"model": ["openai:m"], "seconds": ["5"], "output_limit": "0"}, ""),
        ({"model": ["openai:m"], "seconds": ["5"], "cache_hours": "1e9"}, ""),
        ({"model": [f"openai:m{n}" for n in range(9)], "seconds": ["5"] * 9}, "6"),
    ],
)
def test_a_route_that_cannot_be_is_refused_in_words(desk: Client, fields: dict[str, Any], word: str) -> None:
    response = desk.post("/settings/models/routes/describe/", fields, headers={"Accept-Language": "en"})
    assert response.status_code == 422
    assert word in str(response.context["error"])
    assert not RouteOverride.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_trial_asks_the_first_model_and_tells_all(model_server: Any, root: User) -> None:
    told = trying.try_route("describe", user_id=root.pk, job_id=7)
    assert (told["fault"], told["model"]) == ("", "custom:gpt-4o-mini")
    assert told["answer"]
    assert told["tokens_prompt"] > 0
    call = ModelCall.objects.get(pk=told["call"])
    assert (call.generator, call.route, call.user_id, call.job_id) == ("try", "describe", root.pk, 7)
    again = trying.try_route("describe", user_id=root.pk, job_id=7)
    assert again["answer"] == told["answer"]
    assert model_server.counts()["calls"] == 1  # the same job, run again after a crash, doesn't pay twice
    model_server.fails(always="server_error")
    failed = trying.try_route("describe", user_id=root.pk, job_id=8)
    assert (failed["fault"], failed["answer"]) == ("server", "")
    assert trying.ask_for_models("custom")["count"] > 3
    assert trying.try_route("categorize", user_id=None, job_id=9)["fault"] == "server"


def test_without_a_key_a_trial_says_that_the_offline_generator_answers(db: None) -> None:
    assert trying.try_route("describe", user_id=None, job_id=1)["offline"] is True


def test_the_trial_is_a_job_and_a_double_click_starts_one(desk: Client, model_server: Any) -> None:
    first = desk.post("/settings/models/routes/describe/trial")
    second = desk.post("/settings/models/routes/describe/trial")
    assert first.headers["Location"] == second.headers["Location"]
    assert Job.objects.filter(kind="engine.try").count() == 1
    page = desk.get(first.headers["Location"].partition("#")[0])
    assert f'data-live="job:{Job.objects.get().pk}"' in page.content.decode()
    assert model_server.counts()["calls"] == 0  # the page asked nobody
