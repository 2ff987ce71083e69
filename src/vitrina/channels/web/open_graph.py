"""The one product of a page in the words of OpenGraph and its `product:` names. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.channels.cards import AttributeSeen
from vitrina.channels.web.schema_org import Said, absolute, amount, availability, currency, text

_PRICES = ("product:price:amount", "og:price:amount", "product:sale_price:amount")
_STRUCK = ("product:original_price:amount", "og:price:standard_amount")
_ATTRIBUTES = {
    "product:color": "Цвет", "product:material": "Материал", "product:pattern": "Рисунок", "product:size": "Размер",
    "product:weight:value": "Вес", "product:target_gender": "Пол", "product:age_group": "Возраст",
}  # fmt: skip


def product(meta: Sequence[tuple[str, str]], address: str) -> tuple[Said, bool]:
    """What is said, and whether it is said of a product: by its type or its price; else of any page."""
    first: dict[str, str] = {}
    for name, content in meta:
        first.setdefault(name, content)

    def said(*names: str) -> str:
        return next((text(first[name]) for name in names if first.get(name)), "")

    found = Said(title=said("og:title", "twitter:title"), description=said("og:description", "description"))
    found.brand = said("product:brand", "og:brand")
    found.category = said("product:category")
    found.address = absolute(said("og:url"), address)
    found.images = list(
        dict.fromkeys(
            one
            for name, content in meta
            if name in ("og:image", "og:image:url", "og:image:secure_url")
            and (one := absolute(content, address))
        )
    )
    for name in _PRICES:
        found.price, beside = amount(first.get(name))
        if found.price is not None:
            found.currency = currency(first.get(name.replace("amount", "currency"))) or beside
            break
    for name in _STRUCK:
        old, _ = amount(first.get(name))
        if old is not None and found.price is not None and old > found.price:
            found.old_price = old
    found.is_available = availability(said("product:availability", "og:availability").replace(" ", ""))
    for name, key in (
        ("sku", "product:retailer_item_id"),
        ("mpn", "product:mfr_part_no"),
        ("gtin", "product:ean"),
    ):
        if one := said(key):
            found.ids[name] = one
    for key, name in _ATTRIBUTES.items():
        if one := said(key):
            found.attributes[name] = AttributeSeen(
                name, (one,), unit=said("product:weight:units") if name == "Вес" else ""
            )
    is_product = said("og:type").lower().rsplit(":", 1)[-1].startswith("product") or found.price is not None
    return found, is_product
