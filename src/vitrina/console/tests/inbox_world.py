"""Shops whose buyers wrote at a simulated Ozon, for tests in the browser's studio. The market runs in the test's process."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass

from tests.servers import Marketplace

from vitrina.channels.tests.ozon_shop import chat
from vitrina.console.tests.running import Studio

_numbers = itertools.count(1)
_HURRY = """
from datetime import timedelta
from django.utils import timezone
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
"""


@dataclass(frozen=True)
class Inbox:
    """`people`: support operators; each password is «name-password». `rows`: ids in the order of the list."""

    studio: Studio
    market: Marketplace
    slug: str
    people: tuple[str, ...]
    rows: tuple[int, ...]

    def write(self, text: str) -> None:
        """A buyer begins a chat, and the studio reads it."""
        number = max(int(talk.id) for talk in self.market.state.talks.values()) + 1
        self.market.add(chat(number, ("buyer", text), hours=0))
        self.studio.run(
            f"from vitrina.console.tests.inbox_world import read; read({self.slug!r}, {self.market.url!r})"
        )

    def work(self, *, later: bool = False) -> None:
        """What waits is done; `later`: also what was to be done at another time."""
        due = "Job.objects.filter(state='queued').update(run_at=timezone.now() - timedelta(seconds=1))\n"
        self.studio.run(_HURRY + (due if later else "") + "run_ready()")

    def said(self) -> list[list[str]]:
        """What the shop said in each chat, as the marketplace has it."""
        talks = [talk for talk in self.market.state.talks.values() if talk.kind == "chat"]
        return [[line.text for line in talk.lines if line.sender == "seller"] for talk in talks]


def open_inbox(studio: Studio, market: Marketplace, texts: list[str]) -> Inbox:
    """A shop of its own in which these buyers wait, each with a draft."""
    number = next(_numbers)
    slug, first = f"inbox-{number}", 1_000 * number  # no two shops have chats in common
    market.state.talks.clear()
    market.state.log.clear()
    market.add(*[chat(first + n, ("buyer", text), hours=(n + 1) / 60) for n, text in enumerate(texts)])
    code = (
        f"from vitrina.console.tests.inbox_world import fill; import json\n"
        f"print(json.dumps(fill({slug!r}, {market.url!r})))"
    )
    rows = json.loads(studio.run(code))
    return Inbox(studio, market, slug, (f"{slug}-olga", f"{slug}-petr"), tuple(rows))


def fill(slug: str, url: str) -> list[int]:
    """Runs in a process with the studio's own database; the ids of the interactions, the most pressing first."""
    from tests import factories

    from vitrina.accounts.models import Seller
    from vitrina.accounts.roles import Role
    from vitrina.channels import connecting
    from vitrina.channels.marketplaces import PLATFORMS
    from vitrina.channels.models import Connection
    from vitrina.inbox.models import InboxSettings, Interaction

    seller = Seller.objects.create(name=f"Лавка {slug}", slug=slug)
    for name, first in (("olga", "Ольга"), ("petr", "Пётр")):
        factories.user(f"{slug}-{name}", seller=seller, role=Role.SUPPORT_OPERATOR, first_name=first)
    InboxSettings.objects.create(seller=seller, delay_seconds=0)
    given = {"client_id": "12345", "api_key": "sim-key"}
    connection = connecting.connect(seller, PLATFORMS["ozon"], given, by=None)
    Connection.objects.filter(pk=connection.pk).update(url=url)
    read(slug, url)
    rows = Interaction.objects.filter(seller=seller).order_by("priority", "-occurred_at", "-pk")
    return list(rows.values_list("pk", flat=True))


def read(slug: str, url: str) -> None:
    """The marketplace is read and what came is drafted."""
    from vitrina.channels.models import Connection
    from vitrina.inbox.jobs import enqueue_sync
    from vitrina.jobs.worker import run_ready

    enqueue_sync(Connection.objects.get(seller__slug=slug, url=url))
    run_ready()
