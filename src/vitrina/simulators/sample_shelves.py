"""The sample shop's cards at the simulated marketplaces: what its connections read there, and change.

They begin anew with every start: a shelf is no memory. The file has, by article, what every marketplace shows of it and
what Wildberries and Ozon each call their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web

from vitrina.simulators.ozon_products import SKUS_FROM, STORE, offer
from vitrina.simulators.wildberries_cards import SHELF, card

FILE = Path(__file__).parent / "data" / "sample_cards.json"


def stock(app: web.Application, market: str, number_of: Callable[[str], int]) -> None:
    """Put there what the shop sells at this market. `number_of`: the market's own number of an article."""
    for fields in _cards():
        number = number_of(fields["offer"])
        if market == "wildberries" and (own := fields.get("wildberries")):
            values = {int(id_): value for id_, value in own["characteristics"].items()}
            said = {name: fields[name] for name in ("brand", "description")}
            app[SHELF].add(
                card(
                    number,
                    fields["offer"],
                    fields["title"],
                    subject=own["subject"],
                    characteristics=values,
                    **said,
                )
            )
        elif market == "ozon" and (own := fields.get("ozon")):
            app[STORE].add(
                offer(number - SKUS_FROM, fields["offer"], fields["title"], price=fields["price"], **own)
            )


@cache
def _cards() -> list[Mapping[str, Any]]:
    """[{"offer", "title", "brand", "price", "description", "wildberries"?, "ozon"?}]"""
    cards: list[Mapping[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return cards
