"""A hundred thousand reviews, questions and chats of several sellers, made in seconds.

What wants an answer is read from the simulated marketplaces by the program itself and drafted; what was answered before is one row
by the program each and the rest by the database. Texts are those of the labelled rows.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.big_world import PASSWORD, ago, multiply

ROWS = Path(__file__).parent.parent / "src" / "vitrina" / "inbox" / "data" / "labelled.jsonl"
SIZE = 100_000
OPEN = 2_400  # that want an answer, at the marketplaces of the big seller
DAYS = 180
SHARES = {"big": 0.6, "second": 0.25, "third": 0.1, "fourth": 0.05}  # of all interactions, by seller
KINDS = {"review": 0.78, "question": 0.12, "chat": 0.1}
STARS = {5: 0.62, 4: 0.13, 3: 0.08, 2: 0.06, 1: 0.11}  # of the reviews
PATTERNS = 40  # of answered ones by seller; each stands there some thousand times
PRODUCTS = 20_000
UNDRAFTED = 12  # every so many'th open one has no draft yet
OFFLINE = 9  # every so many'th has the offline writer's, which the batch improves upon
PERSON = "olga"
MARKETS = ("ozon", "wildberries", "yandex_market")
CREDENTIALS: Mapping[str, Mapping[str, str]] = {
    "ozon": {"client_id": "1000001", "api_key": "sim-key"},
    "wildberries": {"token": "sim-key"},
    "yandex_market": {"api_key": "sim-key", "business_id": "1234567"},
}
ANSWER = (
    "Здравствуйте! Спасибо, что написали и рассказали, как всё было. Нам важно, чтобы вещь служила долго, "
    "поэтому проверим партию на складе и передадим ваши слова мастерам. Напишите нам, если понадобится помощь."
)
NAMES = ("Анна", "Пётр", "Мария", "Ильдар", "Софья", "Глеб", "Наталья", "Роман", "Вера", "Тимур")


# --- What buyers say ---------------------------------------------------------------------------------------


@cache
def _labelled() -> Mapping[str, list[dict[str, Any]]]:
    """By kind, with some words at least."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if len(row["text"]) > 20 and not row["escalations"]:
            found.setdefault(row["kind"], []).append(row)
    return found


def one_of_them(chance: random.Random) -> tuple[str, dict[str, Any]]:
    """The kind, and a labelled row, as often as a shop meets with its like."""
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    if kind != "review":
        return kind, chance.choice(_labelled()[kind])
    stars = chance.choices(list(STARS), list(STARS.values()))[0]
    return kind, chance.choice([row for row in _labelled()[kind] if row["rating"] == stars])


def said(
    count: int, now: datetime, *, over: timedelta, first: int = 1, seed: int = 7
) -> Iterator[dict[str, Any]]:
    """Talks for a simulated marketplace's `/_talks`, spread evenly over the time before `now`."""
    chance = random.Random(seed)
    for number in range(first, first + count):
        kind, row = one_of_them(chance)
        at = now - over * ((first + count - number) / count)
        talk: dict[str, Any] = {
            "kind": kind, "id": str(number), "at": at.isoformat(), "buyer": f"{chance.choice(NAMES)} {number}",
            "sku": str(310_000_000 + number % PRODUCTS), "offer_id": f"SKU-{number % PRODUCTS}", "product": "Платье летнее хлопковое",
        }  # fmt: skip
        if kind == "chat":
            talk |= {
                "order_id": str(number),
                "lines": list(_lines(row["text"], at, number, chance)),
            }
        else:
            talk |= {"text": row["text"], "rating": row["rating"]}
        yield talk


def _lines(last: str, at: datetime, number: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """A talk to and fro that ends with the buyer's words."""
    turns = chance.randrange(1, 6)
    for turn in range(2 * turns - 1):
        sender = "buyer" if turn % 2 == 0 else "seller"
        words = last if turn == 2 * turns - 2 else chance.choice(_labelled()["chat"])["text"]
        yield {
            "id": str(number * 100 + turn),
            "at": (at - timedelta(minutes=2 * turns - 2 - turn)).isoformat(),
            "sender": sender,
            "text": ANSWER if sender == "seller" else words,
        }


def open_talks(market: str, now: datetime) -> list[dict[str, Any]]:
    place = MARKETS.index(market)
    each = OPEN // len(MARKETS)
    return list(said(each, now, over=timedelta(days=4), first=1 + place * each, seed=place))


# --- The database ------------------------------------------------------------------------------------------


def fill(urls: Mapping[str, str], size: int = SIZE) -> dict[str, Any]:
    """`urls`: of the simulated marketplaces, which hold the open talks already. Ids of what was made."""
    from django.contrib.auth.hashers import make_password
    from django.db import connection, transaction
    from django.utils import timezone
    from tests import factories

    from vitrina.accounts.models import Membership, Seller, User
    from vitrina.accounts.roles import Role
    from vitrina.catalog.models import Product
    from vitrina.inbox.models import InboxSettings
    from vitrina.jobs.models import JobEvent

    person = User.objects.create(username=PERSON, password=make_password(PASSWORD))
    names = {
        "big": "Большой магазин",
        "second": "Вторая лавка",
        "third": "Третья лавка",
        "fourth": "Четвёртая лавка",
    }
    sellers = [Seller.objects.create(name=names[slug], slug=slug) for slug in SHARES]
    big = sellers[0]
    for seller in sellers:
        Membership.objects.create(user=person, seller=seller, role=Role.SUPPORT_OPERATOR)
        # A batch that goes on: as many drafts as a round may hold, one after the other.
        InboxSettings.objects.create(seller=seller, batch_size=500, delay_seconds=0, daily_limit=100_000)
    number = "n.i::text" if connection.vendor == "postgresql" else "n.i || ''"
    with transaction.atomic():
        first = {}
        for seller in sellers:
            made = factories.product(seller=seller)
            count = PRODUCTS if seller is big else PRODUCTS // 10
            first[seller.pk] = multiply(
                Product,
                made.pk,
                count,
                {"external_id": f"'SKU-' || {number}", "content_hash": f"'h-' || {number}"},
            )
    connections = [connected(big, market, urls[market]) for market in MARKETS]
    read(connections)
    drafted = draft_open(big)
    for seller, share in zip(sellers, SHARES.values(), strict=True):
        answered(seller, person, int(size * share) - (OPEN if seller is big else 0), first[seller.pk])
    with transaction.atomic():
        event = JobEvent.objects.create(
            topic="job:0", kind="state", data={"state": "done"}, created_at=timezone.now()
        )
        multiply(JobEvent, event.pk, size, {"topic": f"'job:' || {number}"})
    with connection.cursor() as cursor:
        # As any database of this size has been, by its own housekeeping.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return {"seller": big.pk, "drafted": drafted, "connections": [one.pk for one in connections]}


def connected(seller: Any, market: str, url: str) -> Any:
    from vitrina.channels.models import Connection
    from vitrina.channels.opening import sealed

    made = Connection.objects.create(seller=seller, platform=market, url=url, name=seller.name)
    made.credentials = sealed(made, dict(CREDENTIALS[market]))
    made.save(update_fields=["credentials"])
    return made


def read(connections: list[Any]) -> None:
    """All of them at once, as the jobs would."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections as databases

    from vitrina.inbox import syncing

    def one(connection: Any) -> dict[str, str]:
        try:
            return syncing.sync(connection, checkpoint=lambda: None).troubles
        finally:
            databases.close_all()

    with ThreadPoolExecutor(len(connections)) as threads:
        troubles = [trouble for trouble in threads.map(one, connections) if trouble]
    if troubles:
        raise RuntimeError(f"the marketplaces were not read whole: {troubles}")


def draft_open(seller: Any) -> int:
    """As rounds by a model and by the offline writer would have left them; how many have a draft."""
    from django.db import transaction

    from vitrina.inbox.knowing import current_hash, prompt_version, settings_of
    from vitrina.inbox.models import Draft, Interaction

    settings = settings_of(seller.pk)
    rows = list(
        Interaction.objects.filter(seller=seller, needs_response=True)
        .select_related("product")
        .order_by("pk")
    )
    wanted = [row for row in rows if row.pk % UNDRAFTED and not row.escalations]
    with transaction.atomic():
        drafts = Draft.objects.bulk_create(
            [
                Draft(
                    interaction=row, seller=seller, version=row.version, text=f"{ANSWER} Номер {row.pk}.",
                    input_hash=current_hash(row, settings, card_version=row.product.version if row.product else 0),
                    intent=row.intent, sentiment=row.sentiment, prompt_version=prompt_version(), cost="0.000210", duration_ms=2900,
                    source="offline" if row.pk % OFFLINE == 0 else "custom:default",
                    used={"card": ["title", "Материал", "Цвет"], "rules": False, "messages": 0},
                )
                for row in wanted
            ],
            batch_size=500,
        )  # fmt: skip
        for row, draft in zip(wanted, drafts, strict=True):
            row.draft = draft
        Interaction.objects.bulk_update(wanted, ["draft"], batch_size=500)
    return len(drafts)


def answered(seller: Any, person: Any, count: int, first_product: int) -> None:
    """Interactions of months past with their drafts, messages and replies."""
    from django.db import connection, transaction
    from django.db.models import F

    from vitrina.inbox.models import Draft, Interaction, Message, Reply

    number = "n.i::text" if connection.vendor == "postgresql" else "n.i || ''"
    each = count // PATTERNS
    now = datetime.now(UTC)
    step = DAYS * 86_400 // each
    products = PRODUCTS // 10
    for pattern, talk in enumerate(said(PATTERNS, now, over=timedelta(days=DAYS), seed=seller.pk)):
        with transaction.atomic():
            row = Interaction.objects.create(
                seller=seller, platform=MARKETS[pattern % len(MARKETS)], kind=talk["kind"], external_id=f"h-{pattern}",
                occurred_at=now - timedelta(days=DAYS), buyer=talk["buyer"], rating=talk.get("rating"),
                text=talk.get("text") or talk["lines"][-1]["text"], said_hash="x", status="responded", needs_response=False,
                priority=1 + pattern % 4, product_name=talk["product"], offer_id=talk["offer_id"], sku=talk["sku"],
                answers=[{"id": "1", "text": ANSWER, "state": "published", "at": talk["at"], "may_be_edited": False}],
            )  # fmt: skip
            draft = Draft.objects.create(
                interaction=row,
                seller=seller,
                version=1,
                input_hash="x",
                text=ANSWER,
                source="custom:default",
                cost="0.00021",
            )
            reply = Reply.objects.create(
                interaction=row,
                seller=seller,
                platform=row.platform,
                draft=draft,
                text=ANSWER,
                kept_share=1.0,
                version=1,
                state="confirmed",
                by=person,
            )
            past = ago(f"n.i * {step} + {pattern * step // PATTERNS} + 400000")
            first = multiply(Interaction, row.pk, each - 1, {
                "external_id": f"'h-{pattern}-' || {number}", "occurred_at": past,
                "product_id": f"{first_product} + n.i % {products}", "buyer": f"'{NAMES[pattern % len(NAMES)]} ' || {number}",
                "received_at": past, "changed_at": past,
            })  # fmt: skip
            drafts = multiply(
                Draft, draft.pk, each - 1, {"interaction_id": f"{first} + n.i", "made_at": past}
            )
            # Afterwards: SQLite would look through all of them for each draft that they wait for.
            Interaction.objects.filter(pk__gte=first).update(draft_id=F("pk") + (drafts - first))
            multiply(Reply, reply.pk, each - 1, {
                "interaction_id": f"{first} + n.i", "draft_id": f"{drafts} + n.i", "queued_at": past, "job_id": "NULL",
            })  # fmt: skip
            for line in talk.get("lines", []):
                message = Message.objects.create(
                    interaction=row,
                    external_id=line["id"],
                    at=row.occurred_at,
                    sender=line["sender"],
                    text=line["text"],
                )
                multiply(Message, message.pk, each - 1, {"interaction_id": f"{first} + n.i", "at": past})
