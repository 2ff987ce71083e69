"""The receiver of the documentation works as it stands there."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.webhooks import endpoints
from vitrina.webhooks.kinds import KINDS, TEST
from vitrina.webhooks.models import Delivery
from vitrina.webhooks.redelivering import redeliver

DOCS = Path(__file__).parents[4] / "docs" / "webhooks.md"


@pytest.mark.django_db(transaction=True)
def test_it_takes_what_is_genuine_once_and_refuses_the_rest(
    seller: Seller, alice: User, settings: Any, tmp_path: Path, work: Any
) -> None:
    [code] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.S)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS = ["127.0.0.1/32"], [port]
    settings.WEBHOOK_WAITS_SECONDS = ()
    url = f"http://127.0.0.1:{port}/"
    endpoint, secret = endpoints.create(seller, url=url, kinds=KINDS, by=alice)
    with (tmp_path / "said.txt").open("w+") as said:
        running = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)},
            stdout=said,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until_it_answers(url)
            delivery = endpoints.send_test(endpoint, by=alice)
            work()
            delivery.refresh_from_db()
            assert (delivery.state, delivery.status) == ("delivered", 204)
            # The same event again: taken, and dropped.
            assert redeliver(Delivery.objects.get(), by=alice)
            work()
            # Signed with another secret: refused.
            endpoints.change_secret(endpoint, by=alice)
            endpoints.change_secret(endpoint, by=alice)
            refused = endpoints.send_test(endpoint, by=alice)
            work()
            refused.refresh_from_db()
            assert (refused.state, refused.status) == ("given_up", 401)
            said.seek(0)
            assert said.read().splitlines() == [
                f"test endpoint:{endpoint.pk} {{'message': 'A test event from Vitrina.', 'asked_by': 'alice'}}"
            ]
        finally:
            running.terminate()
            running.wait(10)


def wait_until_it_answers(url: str) -> None:
    ends_at = time.monotonic() + 20
    while time.monotonic() < ends_at:
        try:
            urllib.request.urlopen(urllib.request.Request(url, b"{}", method="POST"), timeout=2)
        except HTTPError as answered:
            answered.close()
            if answered.code == 401:  # it was not signed
                return
        except (URLError, OSError):
            time.sleep(0.05)  # the only way to wait for a port of another process
    pytest.fail("the receiver did not start")


def test_every_kind_is_told_in_the_documentation() -> None:
    told = DOCS.read_text(encoding="utf-8")
    assert [kind for kind in (*KINDS, TEST) if f"| `{kind}` |" not in told] == []


def test_the_example_is_the_shape_that_is_sent() -> None:
    [shown] = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.S)
    assert list(json.loads(shown)) == ["id", "kind", "created_at", "seller", "subject", "data"]
