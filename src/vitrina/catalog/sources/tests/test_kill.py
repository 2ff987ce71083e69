"""A real process, killed in the middle of a site: nothing is lost, counted twice or asked for again without need."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.db import connection

from vitrina.catalog.models import Product
from vitrina.catalog.sources.models import Look, LookState, Source, SourceKind, SourcePage
from vitrina.catalog.sources.tests.conftest import counts, look, mugs
from vitrina.channels.web.site import PAGES_AT_ONCE
from vitrina.simulators.web_shop import WebShop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("paces")]

KILLER = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "vitrina.config.settings"
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS = ["127.0.0.0/8"], [{port}]
django.setup()
from vitrina.catalog.sources import looking, looks
from vitrina.catalog.sources.models import Source
from vitrina.channels.throttle import Throttle
Throttle.enter = lambda throttle, rate: None
whole, pages = looks.count, 0
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
def count(found, counted, remarks):
    global pages
    whole(found, counted, remarks)
    pages += counted["created"] > 0
    if {before_commit} and pages == 2:
        die()
looks.count = count
def tell(found):
    if pages and not {before_commit}:
        die()
looking.look(Source.objects.get(pk={source}), tell=tell)
"""


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the other process opens the file of the test's database"
)
@pytest.mark.parametrize("before_commit", [True, False])
def test_a_look_killed_again_and_again_goes_on_behind_the_last_whole_page(
    make: Callable[..., Source], web_shop: WebShop, before_commit: bool
) -> None:
    site = make(SourceKind.SITE, "/")
    web_shop.shop.put(*mugs(35))
    for kill in range(1, 3):
        script = KILLER.format(
            database=str(django_settings.DATABASES["default"]["NAME"]),
            port=web_shop.port,
            source=site.pk,
            before_commit=before_commit,
        )
        killed = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        kept = kill * PAGES_AT_ONCE
        found = Look.objects.get()
        assert (found.state, counts(found)) == (LookState.RUNNING, {"read": kept, "created": kept})
        assert Product.objects.count() == SourcePage.objects.filter(cards=1).count() == kept
    done = look(site)
    assert (done.state, counts(done)) == (LookState.DONE, {"read": 35, "created": 35})
    asked = len(web_shop.shop.asked())
    assert asked == 35 + (2 * PAGES_AT_ONCE if before_commit else 0)
    assert counts(look(site)) == {"unchanged": 35}
