"""What docs/api.md and docs/examples/client.py show works, against a studio with its worker."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers import Marketplace
from vitrina.console.tests.running import Studio, free_port, wait_for
from vitrina.simulators import wildberries
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Talk

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SCOPES = ("view", "import", "enrich", "edit_catalogue", "export", "moderate", "manage_jobs")
REVIEW = Talk(
    "review", "7", datetime.now(UTC) - timedelta(hours=1), "Анна", "646399170", "hat-1", "Шляпа фетровая", 2,
    text="Шляпа села после дождя",
)  # fmt: skip


@pytest.fixture(scope="module")
def market() -> Iterator[Marketplace]:
    """The marketplace that the studio's seller is connected to."""
    market = Marketplace(wildberries.application([REVIEW], Settings(key="wb-token-of-the-world")))
    yield market
    market.close()


@pytest.fixture(scope="module")
def working(tmp_path_factory: pytest.TempPathFactory, market: Marketplace, filled: Path) -> Iterator[Studio]:
    data_dir = tmp_path_factory.mktemp("working")
    shutil.copytree(filled, data_dir, dirs_exist_ok=True)
    port = free_port()
    studio = Studio(f"http://127.0.0.1:{port}", data_dir)
    studio.environment["VITRINA_CHANNEL_URLS"] = json.dumps({"wildberries": market.url})
    studio.run(
        "from tests import factories; from vitrina.accounts.models import Seller\n"
        "factories.user('anna', seller=Seller.objects.get(slug='hat'), role='admin')"
    )
    with (data_dir / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "vitrina.config.cli", "up", "--no-sample", "--port", str(port), "--threads", "2"],
            env=studio.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(studio.address + "/health/ready", server)
            yield studio
        finally:
            studio.close()
            server.terminate()
            server.wait(30)


def test_the_page_does_what_it_shows(working: Studio, market: Marketplace, tmp_path: Path) -> None:
    script = "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.S | re.M))
    assert script.count("ask ") > 20
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env=os.environ | {"VITRINA": working.address, "VITRINA_TOKEN": working.token("anna", *SCOPES, "reply")},
        cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stdout.count("event: end\n") == 6
    sent = json.loads((tmp_path / "reply.json").read_text())["text"]
    assert [reply.text for reply in market.state.talks["review:7"].replies] == [sent]
    assert (tmp_path / "cards.csv").stat().st_size > 0
    shown = json.loads(re.findall(r"^```json\n(.*?)^```", PAGE, flags=re.S | re.M)[0])
    assert json.dumps(shown, ensure_ascii=False, separators=(",", ":")) in done.stdout


def test_the_client_does_what_it_says(working: Studio, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text(
        "id,title,price,currency,Материал\ncap-7,Кепка хлопковая синяя,990,RUB,хлопок\n", encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "examples" / "client.py"), str(feed)],
        env=os.environ | {"VITRINA": working.address, "VITRINA_TOKEN": working.token("vera", *SCOPES)},
        cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 new, 0 changed, 0 broken" in done.stdout
    assert "enrichment: done" in done.stdout


def test_the_client_tells_a_refusal(working: Studio, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "examples" / "client.py"), "feed.csv"],
        env=os.environ | {"VITRINA": working.address, "VITRINA_TOKEN": "vt_00000000_no"},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Refused: 401" in done.stderr
