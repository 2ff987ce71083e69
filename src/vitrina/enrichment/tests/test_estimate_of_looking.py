"""What enriching will cost, where a vision model is to look at pictures that no run before paid for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product
from vitrina.enrichment.estimate import LEAST, LOOK_ANSWER, LOOK_PROMPT, estimate
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.tests.pictures_made import BLUE, drawn, shows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vision(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.AI_BASE_URL = "http://127.0.0.1:9/v1"
    settings.AI_VISION_MODEL = "gpt-4o-mini"
    settings.AI_PRICES = {"custom:gpt-4o-mini": {"input": "1", "output": "2"}}


@pytest.fixture
def product(seller: Seller) -> Product:
    product = factories.product(seller=seller)
    shows(product, *(drawn(BLUE, shape) for shape in range(4)))
    return product


def ended(product: Product, **used: str) -> None:
    for _ in range(LEAST):
        ProcessingLog.objects.create(
            product=product,
            seller_id=product.seller_id,
            status=Status.COMPLETED,
            cost="0.010000",
            models_used=used,
        )


def test_the_tokens_of_the_pictures_are_counted(product: Product) -> None:
    ended(product, look_at_images="offline")
    guess = estimate(product.seller_id, 10)
    look = (LOOK_PROMPT + 3 * 2833 + 2 * LOOK_ANSWER) / Decimal(1_000_000)
    assert guess.looking == 10 * look
    assert guess.cost == 10 * (Decimal("0.01") + look)


def test_runs_that_were_looked_at_by_a_model_tell_by_themselves(product: Product) -> None:
    ended(product, look_at_images="custom:gpt-4o-mini")
    guess = estimate(product.seller_id, 10)
    assert (guess.looking, guess.cost) == (0, Decimal("0.1"))


def test_products_without_pictures_cost_no_look(seller: Seller) -> None:
    ended(factories.product(seller=seller))
    assert estimate(seller.pk, 10).looking == 0


def test_without_a_vision_model_nothing_is_added(product: Product, settings: Any) -> None:
    settings.AI_VISION_MODEL = ""
    ended(product)
    assert estimate(product.seller_id, 10).cost == Decimal("0.1")


def test_a_model_of_unknown_price_makes_the_cost_unknown(product: Product, settings: Any) -> None:
    settings.AI_PRICES = {}
    ended(product)
    assert estimate(product.seller_id, 10).cost is None
