"""A shop of its own with cards that wait for a person, for one test in the browser's studio."""

from __future__ import annotations

import itertools
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from vitrina.console.tests.conftest import Studio

AT_ONCE = 16
_numbers = itertools.count(1)
_ready: dict[str, list[Shop]] = {}


@dataclass(frozen=True)
class Shop:
    studio: Studio
    slug: str
    people: tuple[str, ...]  # moderators; each password is «name-password»
    items: tuple[int, ...]  # in the order of the queue

    def told(self, columns: str, where: str = "1") -> list[Any]:
        """What the studio's own database says of this shop's items, in the order of the queue."""
        ids = ", ".join(map(str, self.items))
        rows = self._do(
            f"SELECT {columns} FROM enrichment_moderationitem WHERE id IN ({ids}) AND {where} ORDER BY id"
        )
        return [row[0] if len(row) == 1 else row for row in rows]

    def give(self, item: int, person: str) -> None:
        """Somebody else takes an item."""
        self._do(
            "UPDATE enrichment_moderationitem SET assignee_id = (SELECT id FROM accounts_user WHERE username = ?), "
            "assigned_at = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = ?",
            person,
            item,
        )

    def _do(self, statement: str, *values: Any) -> list[Any]:
        (path,) = self.studio.data_dir.glob("*.sqlite3")
        connection = sqlite3.connect(path, timeout=20)
        try:
            with connection:
                return connection.execute(statement, values).fetchall()
        finally:
            connection.close()


def open_shop(studio: Studio) -> Shop:
    """One that nobody has worked in yet. Made many at a time: a process of the studio's takes its while."""
    ready = _ready.setdefault(studio.address, [])
    if not ready:
        slugs = [f"desk-{next(_numbers)}" for _ in range(AT_ONCE)]
        code = f"import json; from vitrina.console.tests.desk_world import fill; print(json.dumps([fill(s, 6) for s in {slugs}]))"
        for slug, items in zip(slugs, json.loads(studio.run(code)), strict=True):
            ready.append(Shop(studio, slug, (f"{slug}-boris", f"{slug}-anna"), tuple(items)))
    return ready.pop()


def fill(slug: str, count: int) -> list[int]:
    """Runs in a process with the studio's own database; the ids of the items."""
    from tests import factories

    from vitrina.accounts.models import Seller
    from vitrina.accounts.roles import Role
    from vitrina.console.tests.world import REASONS, options, result
    from vitrina.enrichment.models import ProcessingLog
    from vitrina.enrichment.queueing import queue

    seller = Seller.objects.create(name=f"Лавка {slug}", slug=slug)
    for name, first in (("boris", "Борис"), ("anna", "Анна")):
        factories.user(f"{slug}-{name}", seller=seller, role=Role.MODERATOR, first_name=first)
    dresses = factories.category("Одежда > Платья", seller=seller)
    skirts = factories.category("Одежда > Юбки", seller=seller)
    factories.category("Обувь > Сапоги", seller=seller, synonyms=["ботфорты"])
    items = []
    for number in range(count):
        product = factories.product(seller=seller, title=f"Платье № {number + 1}")
        said = result(dresses)
        said["category"]["alternatives"] = [{"id": skirts.pk, "confidence": 0.3}]  # type: ignore[index]
        log = ProcessingLog.objects.create(
            product=product, seller=seller, status="moderation", options=options(), result=said, confidence=0.62,
            models_used={"describe": "offline"},
        )  # fmt: skip
        items.append(queue(log, priority=2, reasons=REASONS).pk)
    return items
