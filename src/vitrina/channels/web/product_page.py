"""A page's bytes to the products that it shows. Pure.

In the order of trust: JSON-LD, microdata, OpenGraph. The first that shows products says which there are; the others
fill what it leaves unknown, where it is sure that they speak of the same one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from vitrina.channels.cards import CardBroken, CardSeen
from vitrina.channels.web import marked, open_graph, schema_org
from vitrina.channels.web.marked import Marked
from vitrina.channels.web.schema_org import Said, absolute

LONGEST_ID = 200

NO_TITLE = gettext_noop("the page %(page)s shows a product without a name")
BROKEN_MARKUP = gettext_noop("what the page %(page)s says of its product to programs is broken")
REPEATED = gettext_noop("the page %(page)s shows the id %(id)s more than once; the first one is kept")


@dataclass(frozen=True)
class PageRead:
    """`asks_password`: it shows no product, but a form to sign in. `is_html`: it is a page at all."""

    cards: tuple[CardSeen, ...] = ()
    broken: tuple[CardBroken, ...] = ()
    asks_password: bool = False
    is_html: bool = True


def read(body: bytes, address: str, content_type: str = "") -> PageRead:
    """`address`: the one that answered. Never raises for what the page holds."""
    page = marked.read(body, content_type)
    base = absolute(page.base, address) or address
    found = _products(page, base, address)
    if not found:
        broken = (CardBroken(address, BROKEN_MARKUP, {"page": address}),) if page.broken else ()
        return PageRead((), broken, asks_password=page.asks_password, is_html=page.is_html)
    cards: dict[str, CardSeen] = {}
    troubles: list[CardBroken] = []
    for one in found:
        title = one.title or (page.heading if len(found) == 1 else "")
        if not title:
            troubles.append(CardBroken(_id(one, address), NO_TITLE, {"page": address}))
            continue
        one.title = title
        card = _card(one, address, page, is_alone=len(found) == 1)
        if card.id in cards:
            troubles.append(CardBroken(card.id, REPEATED, {"page": address, "id": card.id}))
        else:
            cards[card.id] = card
    return PageRead(tuple(cards.values()), tuple(troubles))


def _products(page: Marked, base: str, address: str) -> list[Said]:
    meta, is_product = open_graph.product(page.meta, base)
    by_json = _about_this_page(schema_org.products(page.json_ld, base), page, base, address)
    by_items = _about_this_page(schema_org.products(page.microdata, base), page, base, address)
    found = by_json or by_items
    if not found:
        return [meta] if is_product and (meta.title or page.heading) else []
    if by_json and by_items:
        _fill(by_json, by_items)
    if len(found) == 1:
        found[0].take(meta)
    return found


def _about_this_page(found: list[Said], page: Marked, base: str, address: str) -> list[Said]:
    """Of several, the one whose page this is; all where none is: then it is a list of products."""
    if len(found) < 2:
        return found
    here = {_plain(one) for one in (address, absolute(page.canonical, base)) if one}
    own = [one for one in found if one.address and _plain(one.address) in here]
    if own:
        return own
    named = [one for one in found if one.title and one.title.lower() == page.heading.lower()]
    return named if len(named) == 1 else found


def _fill(trusted: Sequence[Said], others: Sequence[Said]) -> None:
    if len(trusted) == len(others) == 1:
        if _agree(trusted[0], others[0]):
            trusted[0].take(others[0])
        return
    by_sku = {one.ids["sku"]: one for one in others if one.ids.get("sku")}
    for one in trusted:
        if other := by_sku.get(one.ids.get("sku", "")):
            one.take(other)


def _agree(one: Said, other: Said) -> bool:
    """Whether they may be the same: no id that both say is another."""
    return all(other.ids[name] == said for name, said in one.ids.items() if name in other.ids)


def _card(one: Said, address: str, page: Marked, *, is_alone: bool) -> CardSeen:
    trail = schema_org.breadcrumbs([*page.json_ld, *page.microdata], one.title)
    gtin = one.ids.get("gtin", "")
    return CardSeen(
        id=_id(one, address, is_alone=is_alone),
        number=one.ids.get("productID", ""),
        title=one.title,
        description=one.description,
        brand=one.brand,
        price=one.price,
        currency=one.currency if one.price is not None else "",
        old_price=one.old_price,
        category=(trail or one.category) if is_alone else (one.category or trail),
        image_urls=tuple(one.images),
        attributes=tuple(one.attributes.values()),
        barcode=gtin if gtin.isascii() and gtin.isdigit() else "",
        # Alone on its page it is where the page is, however the page spells itself.
        address=address if is_alone else one.address or address,
        is_available=one.is_available,
    )


def _id(one: Said, address: str, *, is_alone: bool = True) -> str:
    """The shop's own, else the address: what stays the same from look to look."""
    for name in ("sku", "productID", "mpn", "gtin"):
        if (said := one.ids.get(name, "")) and len(said) <= LONGEST_ID:
            return said
    where = _plain(address if is_alone else one.address or f"{address}#{one.title}")
    return where if len(where) <= LONGEST_ID else f"web:{hashlib.sha256(where.encode()).hexdigest()[:40]}"


def _plain(address: str) -> str:
    """Without what says nothing: scheme, «www.», the last stroke."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    part = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}{part}"
