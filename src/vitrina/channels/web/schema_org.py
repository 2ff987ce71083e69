"""Products in the words of schema.org (release 30.0), whichever mark-up they stand in. Pure.

A price is taken only where it is one price: of «from 990» and of offers that differ, none.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urljoin

from vitrina.channels.cards import AttributeSeen
from vitrina.channels.web.marked import Node, Value
from vitrina.lib.money import BadPrice, currency_code, parse_money
from vitrina.lib.text import normalise

PRODUCTS = frozenset({"Product", "IndividualProduct", "ProductModel", "SomeProducts"})
GROUPS = frozenset({"ProductGroup"})
MOST_VARIANTS = 500
MOST_IMAGES = 100
LONGEST_ADDRESS = 2000
# Where these lead stands another product, or this one once more.
ASIDE = frozenset({
    "isRelatedTo", "isSimilarTo", "isAccessoryOrSparePartFor", "isConsumableFor", "itemReviewed", "isVariantOf",
    "itemOffered",
})  # fmt: skip
SEPARATOR = " > "

IN_STOCK = frozenset({"instock", "limitedavailability", "onlineonly", "instoreonly"})
OUT_OF_STOCK = frozenset({"outofstock", "soldout", "discontinued", "preorder", "presale", "backorder", "reserved", "madetoorder"})  # fmt: skip
_DECIMAL = re.compile(r"\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_HOME = frozenset(
    {"главная", "главная страница", "home", "на главную", "магазин", "каталог", "catalog", "shop"}
)
_STRUCK = frozenset({"listprice", "strikethroughprice", "msrp", "srp"})
_MARKUP = re.compile(r"<[a-zA-Z/!]")

# Attributes that schema.org has words of its own for.
_OWN_WORDS = {
    "color": "Цвет",
    "material": "Материал",
    "pattern": "Рисунок",
    "size": "Размер",
    "model": "Модель",
    "weight": "Вес",
    "width": "Ширина",
    "height": "Высота",
    "depth": "Глубина",
    "countryOfOrigin": "Страна производства",
    "mpn": "Артикул производителя",
}
_UNITS = {
    "GRM": "г", "KGM": "кг", "CMT": "см", "MMT": "мм", "MTR": "м", "LTR": "л", "MLT": "мл", "WTT": "Вт", "VLT": "В",
    "INH": "дюйм", "H87": "шт", "C62": "шт", "P1": "%",
}  # fmt: skip


@dataclass
class Said:
    """What one mark-up says of one product. Unknown is empty or None."""

    ids: dict[str, str] = field(default_factory=dict)  # "sku", "productID", "mpn", "gtin"
    title: str = ""
    description: str = ""
    brand: str = ""
    price: Decimal | None = None
    old_price: Decimal | None = None
    currency: str = ""
    category: str = ""
    images: list[str] = field(default_factory=list)
    attributes: dict[str, AttributeSeen] = field(default_factory=dict)
    address: str = ""
    is_available: bool | None = None

    def take(self, other: Said) -> None:
        """Fill what is unknown by a less trusted word for the same product. A price never without its currency."""
        for name in ("title", "description", "brand", "category", "address"):
            setattr(self, name, getattr(self, name) or getattr(other, name))
        if self.price is None:
            self.price, self.old_price = other.price, other.old_price
            self.currency = other.currency or self.currency
        elif not self.currency and self.price == other.price:
            self.currency = other.currency
        if self.is_available is None:
            self.is_available = other.is_available
        self.images = self.images or other.images
        self.ids = other.ids | self.ids
        self.attributes = other.attributes | self.attributes


def products(roots: Iterable[Node], address: str) -> list[Said]:
    """Those that the page is about: not what is merely like them. Of a group, its variants."""
    found: list[Said] = []
    nodes = list(_all(roots))
    # A group that its variants point to is said with them.
    met = {id(group) for node in nodes for group in node.all("isVariantOf")}
    for node in nodes:
        if id(node) in met:
            continue
        if GROUPS & set(node.types):
            variants = [one for one in node.all("hasVariant") if isinstance(one, Node)][:MOST_VARIANTS]
            met |= {id(one) for one in variants}
            whole = _said(node, address)
            found += [_of_group(_said(one, address), whole) for one in variants] or [whole]
        elif PRODUCTS & set(node.types):
            one = _said(node, address)
            group = node.first("isVariantOf")
            found.append(_of_group(one, _said(group, address)) if isinstance(group, Node) else one)
        met.add(id(node))
    return found


def breadcrumbs(roots: Iterable[Node], title: str) -> str:
    """The path of the first trail: without the shop's front page and the product itself."""
    for node in _all(roots):
        if "BreadcrumbList" in node.types:
            steps = [one for one in node.all("itemListElement") if isinstance(one, Node)]
            steps.sort(key=_position)
            names = [name for one in steps if (name := _name_of(one))]
            if names and names[0].lower() in _HOME:
                names = names[1:]
            if names and title and names[-1].lower() == title.lower():
                names = names[:-1]
            if names and names[0].lower() in _HOME:
                names = names[1:]
            if names:
                return SEPARATOR.join(names)
    return ""


def amount(value: Value | None) -> tuple[Decimal | None, str]:
    """The number and the currency beside it. None where it is no price: zero, «по запросу», nonsense."""
    if isinstance(value, str) and _DECIMAL.fullmatch(said := value.strip()):
        value = Decimal(said)
    try:
        money = parse_money(value) if isinstance(value, str | int | Decimal) else None
    except BadPrice:
        return None, ""
    if money is None or money.amount <= 0:
        return None, ""
    return money.amount, money.currency


def currency(value: Value | None) -> str:
    said = text(value).upper()
    return currency_code(said) or (said if re.fullmatch("[A-Z]{3}", said, re.ASCII) else "")


def availability(value: Value | None) -> bool | None:
    said = value.id if isinstance(value, Node) else text(value)
    word = re.sub(r"[\W_]+", "", said.rsplit("/", 1)[-1]).lower()
    return True if word in IN_STOCK else False if word in OUT_OF_STOCK else None


def absolute(address: str, base: str) -> str:
    """An http(s) address in full, without its fragment; empty for anything else."""
    said = html.unescape(address).strip()
    if not said or said.startswith(("data:", "javascript:", "blob:", "#")):
        return ""
    try:
        whole = urljoin(base, said).partition("#")[0]
    except ValueError:
        return ""
    is_one = re.match(r"https?://[^\s/?#]+", whole, re.IGNORECASE)
    return whole if is_one and len(whole) <= LONGEST_ADDRESS and not re.search(r"[\x00-\x1f]", whole) else ""


def text(value: Value | None) -> str:
    """One line. Entities are read once more: many pages write them twice."""
    if isinstance(value, Node):
        value = value.first("name", "value", "@id") or ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, Decimal):
        value = f"{value:f}" if abs(value) < Decimal(10) ** 30 else ""
    return (
        normalise(html.unescape(value if isinstance(value, str) else str(value or "")))
        if value is not None
        else ""
    )


def _said(node: Node, address: str) -> Said:
    said = Said()
    said.title = text(node.first("name"))
    said.description = _description(node.first("description"))
    said.brand = text(node.first("brand", "manufacturer"))
    for name, words in (
        ("sku", ("sku",)), ("productID", ("productID", "identifier")), ("mpn", ("mpn",)),
        ("gtin", ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "isbn")),
    ):  # fmt: skip
        if one := text(node.first(*words)):
            said.ids[name] = one.removeprefix("sku:").removeprefix("mpn:").strip()
    said.category = _category(node.all("category"))
    said.images = _images(node.all("image", "images"), address)
    said.address = absolute(text(node.first("url")), address)
    for seen in _attributes(node):
        said.attributes.setdefault(seen.name, seen)
    _offers(node, said)
    return said


def _of_group(one: Said, whole: Said) -> Said:
    """A variant says what it is; the rest its group says. The group's own id is none of its variants'."""
    one.take(Said(
        title=whole.title, description=whole.description, brand=whole.brand, category=whole.category,
        images=whole.images, attributes=dict(whole.attributes), price=whole.price, old_price=whole.old_price,
        currency=whole.currency, is_available=whole.is_available,
    ))  # fmt: skip
    return one


def _offers(node: Node, said: Said) -> None:
    prices: list[tuple[Decimal, str, Decimal | None, bool | None]] = []
    available: list[bool | None] = []
    offers = [one for one in node.all("offers") if isinstance(one, Node)]
    for offer in [
        *offers,
        *(inner for one in offers for inner in one.all("offers") if isinstance(inner, Node)),
    ][:500]:
        there = availability(offer.first("availability"))
        available.append(there)
        said.ids.setdefault("sku", text(offer.first("sku")))
        price, beside, old = _price(offer)
        if price is not None:
            prices.append((price, currency(offer.first("priceCurrency")) or beside, old, there))
        elif code := currency(offer.first("priceCurrency")):
            said.currency = said.currency or code
    if not said.ids.get("sku"):
        said.ids.pop("sku", None)
    known = [one for one in available if one is not None]
    said.is_available = any(known) if known else None
    # Of several prices that differ, those that can be bought count; still more than one is none.
    for several in (prices, [one for one in prices if one[3]]):
        if len({(price, code) for price, code, _old, _there in several}) == 1:
            said.price, said.currency, said.old_price, _ = several[0]
            return


def _price(offer: Node) -> tuple[Decimal | None, str, Decimal | None]:
    if "AggregateOffer" in offer.types and not offer.properties.get("price"):
        low, beside = amount(offer.first("lowPrice"))
        high, _ = amount(offer.first("highPrice"))
        return (low, beside, None) if high is None or high == low else (None, "", None)
    price, beside = amount(offer.first("price"))
    old = None
    for one in offer.all("priceSpecification"):
        if isinstance(one, Node):
            said, code = amount(one.first("price"))
            kind = text(one.first("priceType")).rsplit("/", 1)[-1].lower()
            if kind in _STRUCK:
                old = said
            elif price is None:
                price, beside = said, currency(one.first("priceCurrency")) or code
    return price, beside, old if old is not None and price is not None and old > price else None


def _attributes(node: Node) -> Iterator[AttributeSeen]:
    for one in node.all("additionalProperty"):
        if isinstance(one, Node) and (name := text(one.first("name", "propertyID"))):
            values = tuple(filter(None, map(text, one.all("value"))))
            if values:
                yield AttributeSeen(name, values, unit=_unit(one))
    for word, name in _OWN_WORDS.items():
        for value in node.all(word):
            unit = ""
            if isinstance(value, Node):
                unit, value = _unit(value), value.first("value", "name")
            if said := text(value):
                yield AttributeSeen(name, (said,), unit=unit)
                break


def _unit(node: Node) -> str:
    code = text(node.first("unitCode"))
    return text(node.first("unitText")) or _UNITS.get(code.upper(), "")


def _category(values: list[Value]) -> str:
    names = [name for value in values if (name := text(value))]
    if len(names) > 1 and not any(">" in name or "/" in name for name in names):
        return SEPARATOR.join(names)
    parts = re.split(r"\s*(?:>|›|»|→)\s*", names[0]) if names else []
    return SEPARATOR.join(filter(None, parts))


def _images(values: list[Value], address: str) -> list[str]:
    found: list[str] = []
    for value in values:
        if isinstance(value, Node):
            value = value.first("contentUrl", "url", "thumbnailUrl") or value.id
        one = absolute(value, address) if isinstance(value, str) else ""
        if one and one not in found:
            found.append(one)
    return found[:MOST_IMAGES]


def _description(value: Value | None) -> str:
    """Mark-up stays; entities around it are read once more where it was written escaped."""
    said = value if isinstance(value, str) else text(value)
    if not _MARKUP.search(said):
        said = html.unescape(said)
    return said.strip()


def _name_of(step: Node) -> str:
    item = step.first("item")
    return text(step.first("name")) or (text(item) if isinstance(item, Node) else "")


def _position(step: Node) -> int:
    said = text(step.first("position"))
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _all(roots: Iterable[Node]) -> Iterator[Node]:
    """Nodes from the top down, without what is merely like a product."""
    waiting = deque(roots)
    met: set[int] = set()
    while waiting:
        node = waiting.popleft()
        if id(node) in met:
            continue
        met.add(id(node))
        yield node
        for name, values in node.properties.items():
            if name not in ASIDE:
                waiting += [value for value in values if isinstance(value, Node)]
