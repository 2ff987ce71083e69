"""The pause between two requests, as the site's own clock sees it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from vitrina.channels.web.asking import Asker
from vitrina.lib.fetch import Fetcher
from vitrina.lib.guard import Guard
from vitrina.simulators.web_shop import Goods, WebShop

pytestmark = pytest.mark.django_db


@pytest.fixture
def web_shop() -> Iterator[WebShop]:
    running = WebShop()
    yield running
    running.close()


def test_requests_come_one_after_the_other_at_the_pace_asked_for(web_shop: WebShop) -> None:
    web_shop.shop.put(Goods("1", "Кружка"))
    asker = Asker(Fetcher(Guard.allowing(["127.0.0.0/8"], [web_shop.port])), per_minute=600)
    for _ in range(5):
        asker.get(f"{web_shop.url}/p/1")
    moments = [one.at for one in web_shop.shop.log]
    assert len(moments) == 6
    # Granted a tenth of a second apart; the way to the server takes a moment, now longer, now shorter.
    assert all(later - sooner > 0.03 for sooner, later in pairwise(moments))
    assert moments[-1] - moments[0] > 0.4
