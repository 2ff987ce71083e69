"""What a browser tells of a visit by itself, and the charts of the statistics."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from vitrina.console.tests.conftest import Studio, Watch, sign_in

pytestmark = pytest.mark.browser

BRING = """
from django.utils import timezone
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox.drafting import draft
from vitrina.inbox.models import Interaction
from vitrina.inbox.receiving import receive
shop = Connection.objects.get(seller__slug="hat", platform="wildberries")
seen = [Seen(Kind.QUESTION, f"measured-{n}", timezone.now(), True, text=f"Какой размер у шляпы {n}?", buyer=f"Измеримов {n}") for n in range(2)]
receive(shop, seen)
rows = list(Interaction.objects.filter(external_id__startswith="measured-").order_by("external_id"))
draft(rows[0], by_model=False)
print(*(row.pk for row in rows))
"""
DRAFT = """
from vitrina.inbox.drafting import draft
from vitrina.inbox.models import Interaction
from vitrina.jobs.models import Job
Job.objects.filter(kind="inbox.draft", key="inbox.draft:%(pk)d").update(state="done")
draft(Interaction.objects.get(pk=%(pk)d), by_model=False)
"""
VISITS = """
import json
from vitrina.inbox.models import Visit
print(json.dumps({visit.interaction_id: [visit.was_ready, visit.shown_ms, visit.by.username] for visit in Visit.objects.all()}))
"""


def visits(studio: Studio) -> dict[int, list[Any]]:
    return {int(pk): told for pk, told in json.loads(studio.run(VISITS)).items()}


def test_an_open_page_tells_of_its_visit_and_the_charts_show_the_days(
    chromium: Any, studio: Studio, watch: Watch
) -> None:
    ready, bare = map(int, studio.run(BRING).split())
    context = chromium.new_context(base_url=studio.address, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    watch.on(page)
    sign_in(page, "chief")
    page.goto("/inbox/?words=Измеримов")
    with page.expect_response(lambda answer: answer.url.endswith(f"/inbox/{ready}/visit")) as told:
        page.click(f'[data-item="{ready}"] a')
    assert told.value.status == 204
    was_ready, shown_ms, who = visits(studio)[ready]
    assert (was_ready, who) == (True, "chief")
    assert 0 < shown_ms < 60_000
    with page.expect_response(lambda answer: answer.url.endswith(f"/inbox/{bare}/visit")):
        page.click(f'[data-item="{bare}"] a')
    assert visits(studio)[bare][:2] == [False, None]
    # No worker runs here: what it would do is done for it, and the page that waits is told.
    with page.expect_response(lambda answer: answer.url.endswith(f"/inbox/{bare}/visit")) as late:
        studio.run(DRAFT % {"pk": bare})
    assert "late=1" in late.value.request.post_data
    was_ready, waited_ms, _who = visits(studio)[bare]
    assert was_ready is False
    assert waited_ms > shown_ms
    # Walked back to: it was told already, and nothing is told twice of what is kept.
    before = visits(studio)
    with page.expect_response(lambda answer: answer.url.endswith(f"/inbox/{ready}/visit")):
        page.click(f'[data-item="{ready}"] a')
    assert visits(studio) == before

    page.goto("/inbox/statistics/")
    expect(page.locator("[data-chart] canvas")).to_have_count(4)
    first = page.locator('[data-chart="arrived"] .u-over')
    box = first.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] / 2)
    expect(page.locator('[data-chart="arrived"] [data-readout]')).to_contain_text("2")
    with page.expect_response(lambda answer: "days=7" in answer.url):
        page.click(".segments a >> nth=0")
    expect(page.locator("#arrived tbody tr")).to_have_count(7)
    expect(page.locator("[data-chart] canvas")).to_have_count(4)
    context.close()
    assert watch.outside == []
    assert watch.console == []
