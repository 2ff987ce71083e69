"""A card's text is read while a model writes it: through a reload and a hidden tab, to the finished card."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.servers import ModelServer
from tests.studio import Studio, free_port, status_of

from vitrina.console.tests.conftest import sign_in
from vitrina.console.tests.running import ROOT
from vitrina.jobs.tests.installation import SqliteStore

pytestmark = pytest.mark.browser

WORLD = """
import django; django.setup()
from tests import factories
from vitrina.accounts.roles import Role
seller = factories.seller(name="Шляпа", slug="hat")
factories.user("vera", seller=seller, role=Role.CATALOGUE_MANAGER)
factories.product(seller=seller, title="Шляпа фетровая чёрная", description="<p>Шляпа из шерстяного фетра, поля 7 см.</p>")
"""
HIDE = """(is) => {
  Object.defineProperty(document, "hidden", { value: is, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def studio_at_work(tmp_path: Path, model_server: ModelServer) -> Iterator[tuple[Studio, str]]:
    """A whole studio whose worker asks a model that writes about forty pieces in four seconds."""
    model_server.set(stream_pause=0.1, completion_tokens=40)
    studio = Studio(tmp_path, SqliteStore(tmp_path), AI_BASE_URL=model_server.base_url,
                    DJANGO_SETTINGS_MODULE="vitrina.console.tests.studio_settings")  # fmt: skip
    studio.run("migrate", "-v0")
    environment = studio.environment | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    subprocess.run([sys.executable, "-c", WORLD], env=environment, check=True, timeout=60)
    port = free_port()
    studio.start("up", "--no-sample", "--port", str(port))
    address = f"http://127.0.0.1:{port}"
    studio.wait_for(lambda: status_of(f"{address}/health/ready") == 200, 30)
    yield studio, address
    studio.close()


def test_the_text_appears_as_it_is_written(chromium: Any, studio_at_work: tuple[Studio, str]) -> None:
    studio, address = studio_at_work
    stored = "SELECT json_extract(progress, '$.text'), id FROM jobs_job WHERE kind = 'enrichment.run'"
    context = chromium.new_context(base_url=address, locale="ru-RU")
    page = context.new_page()
    sign_in(page)
    page.goto("/products/1/")
    page.click("button:has-text('Сгенерировать')")
    text = page.locator("[data-text]")
    expect(text).not_to_be_empty(timeout=20_000)
    first = text.inner_text()
    page.wait_for_function(
        "(first) => document.querySelector('[data-text]').textContent.length > first.length + 20", arg=first
    )
    assert text.inner_text().startswith(first)
    assert "<p>" not in text.inner_text()

    page.reload(wait_until="commit")
    page.wait_for_selector("[data-text]", state="attached")
    assert text.inner_text().startswith(first)

    page.evaluate(HIDE, True)
    seen = text.inner_text()
    studio.wait_for(lambda: len(studio.store.rows(stored)[0][0] or "") > len(seen) + 20, 20)
    assert text.inner_text() == seen
    page.evaluate(HIDE, False)
    page.wait_for_function("(seen) => !document.querySelector('[data-text]')?.textContent.startsWith(seen)"
                           " || document.querySelector('[data-text]').textContent.length > seen.length + 20", arg=seen)  # fmt: skip

    expect(page.locator("[data-job]")).to_have_count(0, timeout=20_000)
    whole, job = studio.store.rows(stored)[0]
    assert whole.startswith(first)
    assert whole.split("\n\n")[1][:40] in page.locator(".versus").inner_text()
    told = f"SELECT count(*) FROM jobs_jobevent WHERE topic = 'job:{job}' AND kind = 'progress'"
    assert studio.store.rows(told) == [(1,)]
    context.close()
