"""A seller with finished cards who is connected to a simulated marketplace, and the jobs as they run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from tests import factories
from tests.servers import Marketplace

from vitrina.accounts.models import Seller, User
from vitrina.catalog.exporting import ExportOptions
from vitrina.catalog.models import Product, ProductContent
from vitrina.catalog.pushing import planning, sending
from vitrina.catalog.pushing.models import Push, PushRun
from vitrina.channels import connecting
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators import ozon, wildberries, yandex_market
from vitrina.simulators import yandex_market_products as yandex_products
from vitrina.simulators.ozon_products import STORE, Offer, offer
from vitrina.simulators.wildberries_cards import SHELF, Row, card

TITLE = "Кружка керамическая с ручкой, 350 мл"
TEXT = "<p>Кружка из белой керамики. Можно мыть в посудомоечной машине.</p>"
PLAIN = "Кружка из белой керамики. Можно мыть в посудомоечной машине."
MATERIAL, COLOUR, VOLUME = 17596, 14177449, 14177460


def finished(seller: Seller, article: str, *, title: str = TITLE, text: str = TEXT) -> Product:
    product = factories.product(seller=seller, external_id=article, title="кружка бел.")
    ProductContent.objects.create(
        product=product, language="ru", title=title, description=text, source="offline"
    )
    return product


def hurry(rounds: int = 1) -> None:
    """What is to be done later is due now."""
    for _round in range(rounds):
        Job.objects.filter(state="queued").update(run_at=timezone.now() - timedelta(seconds=1))
        run_ready()


class Desk:
    """`market` stands for the one marketplace that the seller is connected to."""

    platform = ""

    def __init__(self, app: Any, seller: Seller, by: User, settings: Any, given: dict[str, str]) -> None:
        self.app, self.seller, self.by = app, seller, by
        self.market = Marketplace(app)
        self.market.state.settings.limits = False
        settings.CHANNEL_URLS = {self.platform: self.market.url}
        settings.JOB_LOOK_AGAIN_SECONDS = 0.0
        self.connection: Connection = connecting.connect(seller, PLATFORMS[self.platform], given, by=by)
        run_ready()
        self.connection.refresh_from_db()

    def plan(self, *products: Product, **options: Any) -> PushRun:
        """Checked, and not begun."""
        chosen = ExportOptions(product_ids=[product.pk for product in products], **options)
        run = planning.plan(self.seller, self.connection, options=chosen, by=self.by)
        run_ready()
        run.refresh_from_db()
        return run

    def begin(self, run: PushRun) -> None:
        sending.begin(run, by=self.by)

    def push(self, *products: Product) -> list[Push]:
        run = self.plan(*products)
        self.begin(run)
        run_ready()
        return rows_of(run)

    def close(self) -> None:
        self.market.close()


class WildberriesDesk(Desk):
    platform = "wildberries"

    def __init__(self, seller: Seller, by: User, settings: Any) -> None:
        super().__init__(wildberries.application(), seller, by, settings, {"token": "sim-key"})
        self.shelf = self.app[SHELF]

    def stands(self, article: str) -> Row:
        self.shelf.settle(self.market.state.now())
        row = self.shelf.by_code(article)
        assert row is not None
        return row

    def add(self, number: int, article: str, **given: Any) -> None:
        values = {MATERIAL: ["Керамика"], COLOUR: ["белый"], VOLUME: 350}
        self.shelf.add(card(number, article, "Кружка", characteristics=values, **given))


class OzonDesk(Desk):
    platform = "ozon"

    def __init__(self, seller: Seller, by: User, settings: Any) -> None:
        given = {"client_id": "12345", "api_key": "sim-key"}
        super().__init__(ozon.application(), seller, by, settings, given)
        self.store = self.app[STORE]

    def stands(self, article: str) -> Offer:
        self.store.settle(self.market.state.now())
        return self.store.offers[article]

    def add(self, number: int, article: str, **given: Any) -> None:
        values = {
            85: ["Маяк"],
            8229: ["Кружка"],
            4191: ["Просто кружка"],
            9048: ["MX"],
            4496: ["Керамика"],
            5343: ["350"],
        }
        self.store.add(offer(number, article, "Кружка", attributes=values, **given))


class YandexDesk(Desk):
    platform = "yandex_market"

    def __init__(self, seller: Seller, by: User, settings: Any) -> None:
        super().__init__(yandex_market.application(), seller, by, settings, {"api_key": "sim-key"})
        self.store = self.app[yandex_products.STORE]

    def stands(self, article: str) -> yandex_products.Offer:
        self.store.settle(self.market.state.now())
        return self.store.offers[article]

    def looked_at(self, article: str) -> None:
        """The marketplace ends its look at the card."""
        _due, fault = self.store.reviews[article]
        self.store.reviews[article] = self.market.state.now(), fault

    def add(self, number: int, article: str, **given: Any) -> None:
        values = {14871214: ["Керамика"], 13887626: ["белый"], 15060326: ["350"]}
        given = {"description": "Просто кружка", "vendor": "Маяк", **given}
        self.store.add(yandex_products.offer(number, article, "Кружка", parameters=values, **given))


def rows_of(run: PushRun) -> list[Push]:
    return list(Push.objects.filter(run=run).order_by("pk"))
