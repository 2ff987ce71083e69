"""From one row of a feed to a listing, or to words why not. Pure.

A row without an id or a title is refused. Anything else that can't be read (a price «по запросу», a picture that is
no address) is left unknown, the row lives, and a warning says so: unknown is null, never zero or a guess.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from vitrina.catalog import columns
from vitrina.catalog.attributes import from_cell, with_unit
from vitrina.catalog.listing import (
    HIGHEST_PRICE,
    LONGEST,
    MOST_ATTRIBUTES,
    MOST_IMAGES,
    Listing,
    Remark,
)
from vitrina.catalog.paths import CategoryPaths
from vitrina.lib.money import BadPrice, currency_code, parse_money
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import normalise

NO_ID = gettext_noop("the row has no id: fill the id or the vendor code")
NO_TITLE = gettext_noop("the row has no title")
TOO_LONG = gettext_noop(
    "%(field)s has %(length)s characters, the limit is %(limit)s; the row is left out, nothing is cut"
)
TOO_LONG_UNKNOWN = gettext_noop(
    "%(field)s has %(length)s characters, the limit is %(limit)s; it is left unknown"
)
TOO_MANY_ATTRIBUTES = gettext_noop(
    "the row has %(count)s attributes, the limit is %(limit)s; the row is left out"
)
TOO_MANY_IMAGES = gettext_noop(
    "the row has %(count)s pictures, the limit is %(limit)s; the first %(limit)s are kept"
)
BAD_PRICE = gettext_noop("%(field)s «%(text)s» can't be read as a price; it is left unknown. %(why)s")
ZERO_PRICE = gettext_noop("%(field)s is zero; it is taken as unknown")
HUGE_PRICE = gettext_noop("%(field)s «%(text)s» is above any price; it is left unknown")
BAD_CURRENCY = gettext_noop("the currency «%(text)s» is unknown; it is left empty")
BAD_PICTURE = gettext_noop("the picture «%(text)s» is no http(s) address; it is left out")
BAD_AVAILABILITY = gettext_noop("the availability «%(text)s» can't be read; it is left unknown")

MOST_COLUMNS = 2000
SPREADSHEETS = frozenset({"csv", "xlsx"})
SHOWN = 80  # characters of a name or a bad value that is repeated to the reader


@dataclass(frozen=True, slots=True)
class Mapped:
    listing: Listing
    warnings: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    reason: Remark
    external_id: str = ""


class RowMapper:
    """Reads the rows of one feed. `explicit` is what a person said about columns; `currency` and `supplier` are the
    seller's own, used where a row names none."""

    def __init__(
        self,
        *,
        file_format: str,
        categories: Mapping[str, tuple[str | None, str]] | None = None,
        explicit: Mapping[str, str] | None = None,
        currency: str = "",
        supplier: str = "",
    ) -> None:
        self._roles: dict[str, str] = {}
        self._explicit = explicit or {}
        self._paths = CategoryPaths(categories or {})
        self._read: Callable[[Mapping[str, object], _Row], None] = (
            self._offer if file_format == "yml" else self._cells
        )
        self._is_spreadsheet = file_format in SPREADSHEETS
        self._currency = currency
        self._supplier = supplier

    def map(self, fields: Mapping[str, object]) -> Mapped | Refused:
        row = _Row(has_decimal_points=not self._is_spreadsheet)
        self._read(fields, row)
        return row.finish(currency=self._currency, supplier=self._supplier)

    @property
    def columns(self) -> dict[str, str]:
        """How each column was understood, for the report; the first MOST_COLUMNS of them."""
        return {_shown(name): role for name, role in self._roles.items()}

    def _note(self, name: str, role: str) -> None:
        # JSON rows may bring new names for ever: what is remembered has an end.
        if len(self._roles) < MOST_COLUMNS:
            self._roles.setdefault(name, role)

    # --- YML ----------------------------------------------------------------------------------------------

    def _offer(self, fields: Mapping[str, object], row: _Row) -> None:
        for name, value in fields.items():
            role = OFFER_ROLES.get(name, columns.LEFT_OUT)
            self._note(name, role)
            if role and name != CATEGORY_ID:
                row.put(role, name, value)
        for name, attribute in OFFER_ATTRIBUTES.items():
            if fields.get(name):
                row.attribute(attribute, fields[name], only_if_new=True)
        more = fields.get("more")  # what stands twice in an offer: {name: [values]}
        if isinstance(more, Mapping) and more.get("barcode"):
            row.attribute("Другие штрихкоды", more["barcode"])
        identifier = normalise(_text(fields.get(CATEGORY_ID)))
        if identifier:
            path, remarks = self._paths.path(identifier)
            row.put("category_hint", CATEGORY_ID, path)
            row.warnings += remarks

    # --- spreadsheets and JSON ----------------------------------------------------------------------------

    def _cells(self, fields: Mapping[str, object], row: _Row) -> None:
        for name, value in fields.items():
            role = self._roles.get(name)
            if role is None:
                role = self._role(name)
                self._note(name, role)
            if value is None or value == "":
                continue
            if role == columns.ATTRIBUTE:
                row.attribute(name, value)
            elif role:
                row.put(role, name, value)

    def _role(self, name: str) -> str:
        role = columns.roles_of([name], self._explicit)[name]
        return role if role in columns.KNOWN_ROLES else columns.ATTRIBUTE


CATEGORY_ID = "categoryId"  # a number that means something through the feed's own categories only
OFFER_ROLES = {
    "id": "external_id",
    "vendorCode": columns.VENDOR_CODE,
    "name": "title",
    "title": "title",
    "typePrefix": columns.TYPE_PREFIX,
    "vendor": "brand",
    "model": columns.MODEL,
    "price": "price",
    "oldprice": "old_price",
    "currencyId": "currency",
    CATEGORY_ID: "category_hint",
    "pictures": "image_urls",
    "picture": "image_urls",
    "description": "description",
    "params": "attributes",
    "param": "attributes",
    "url": "source_url",
    "barcode": "barcode",
    "available": "is_available",
}
# Facts that YML has elements of its own for.
OFFER_ATTRIBUTES = {
    "country_of_origin": "Страна производства",
    "weight": "Вес, кг",
    "dimensions": "Габариты, см",
}

CURRENCY_CODE = re.compile(r"[A-Za-z]{3}")
YES = frozenset({
    "true", "1", "yes", "y", "да", "есть", "в наличии", "имеется", "in stock", "in_stock", "instock", "available", "+",
    "доступен", "доступно", "много", "мало", "на складе",
})  # fmt: skip
NO = frozenset({
    "false", "0", "no", "n", "нет", "отсутствует", "нет в наличии", "out of stock", "out_of_stock", "outofstock",
    "unavailable", "-", "недоступен", "недоступно", "под заказ", "preorder", "backorder", "ожидается", "discontinued",
})  # fmt: skip

# Before an address, what stands between two of them: « | », commas, semicolons, line ends.
BETWEEN_ADDRESSES = re.compile(r"[\s|;,]+(?=https?://|//)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
# Characters that no text may hold: C0 controls but tab and line end, DEL, lone surrogates, non-characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
GENERATED = re.compile(r'trained_algorithmic_media:"(.*)"', re.DOTALL)
DECIMAL = re.compile(r"\d{1,20}(\.\d{1,20})?", re.ASCII)
KOPECK = Decimal("0.01")
LONGEST_NUMBER_BITS = 256


class _Row:
    """What was gathered of one row so far."""

    def __init__(self, *, has_decimal_points: bool) -> None:
        self.has_decimal_points = has_decimal_points
        self.values: dict[str, str] = {}
        self.attributes: dict[str, str] = {}
        self.images: list[str] = []
        self.price: Decimal | None = None
        self.old_price: Decimal | None = None
        self.is_available: bool | None = None
        self.warnings: list[Remark] = []

    def put(self, role: str, name: str, value: object) -> None:
        """Take a value in a role. The first column of a role wins; a second one fills it only when it is empty."""
        match role:
            case "price" | "old_price":
                self._put_price(role, name, value)
            case "image_urls":
                self._put_images(value)
            case "attributes":
                self._put_attributes(value)
            case "is_available":
                self._put_availability(value)
            case columns.STOCK:
                self._put_stock(value)
            case "currency":
                self._put_currency(_text(value))
            case "description":
                if not self.values.get(role):
                    self.values[role] = _raw(_generated(value))
            case "title":
                if not self.values.get(role):
                    self.values[role] = normalise(_text(_generated(value)))
            case _:
                if not self.values.get(role):
                    self.values[role] = normalise(_text(value))

    def attribute(self, name: str, value: object, *, unit: str = "", only_if_new: bool = False) -> None:
        """Several values of one name are joined by a comma."""
        clean = with_unit(normalise(_text(name)), normalise(_text(unit)))
        said = normalise(_text(value))
        if not said:
            return
        clean = clean or "Характеристики"
        if len(clean) > LONGEST["attribute_name"]:
            self._warn_long("attribute_name", clean)
        elif len(said) > LONGEST["attribute_value"]:
            self._warn_long("attribute_value", said)
        elif clean not in self.attributes:
            self.attributes[clean] = said
        elif not only_if_new and said not in self.attributes[clean].split(", "):
            self.attributes[clean] = f"{self.attributes[clean]}, {said}"

    def finish(self, *, currency: str, supplier: str) -> Mapped | Refused:
        values = self.values
        vendor_code = values.pop(columns.VENDOR_CODE, "")
        type_prefix = values.pop(columns.TYPE_PREFIX, "")
        model = values.pop(columns.MODEL, "")
        external_id = values.get("external_id") or vendor_code
        title = values.get("title") or _compose(type_prefix, values.get("brand", ""), model)
        if not external_id:
            return Refused(Remark(NO_ID))
        if not title:
            return Refused(Remark(NO_TITLE), external_id[: LONGEST["external_id"]])
        values |= {"external_id": external_id, "title": title}
        if vendor_code and vendor_code != external_id:
            self.attribute("Артикул", vendor_code, only_if_new=True)
        if type_prefix:
            self.attribute("Тип", type_prefix, only_if_new=True)
        if model:
            self.attribute("Модель", model, only_if_new=True)
        for field in ("external_id", "title", "description"):
            if len(values.get(field, "")) > LONGEST[field]:
                return Refused(
                    Remark(TOO_LONG, {"field": field, "length": len(values[field]), "limit": LONGEST[field]}),
                    external_id[: LONGEST["external_id"]],
                )
        if len(self.attributes) > MOST_ATTRIBUTES:
            return Refused(
                Remark(TOO_MANY_ATTRIBUTES, {"count": len(self.attributes), "limit": MOST_ATTRIBUTES}),
                external_id,
            )
        for field in ("brand", "supplier", "source_url", "category_hint", "barcode"):
            if len(values.get(field, "")) > LONGEST[field]:
                self._warn_long(field, values[field])
                values[field] = ""
        if len(self.images) > MOST_IMAGES:
            self.warnings.append(Remark(TOO_MANY_IMAGES, {"count": len(self.images), "limit": MOST_IMAGES}))
            del self.images[MOST_IMAGES:]
        listing = Listing(
            external_id=external_id,
            title=title,
            description=values.get("description", ""),
            brand=values.get("brand", ""),
            price=self.price,
            currency=values.get("currency") or values.get("beside_price", "") or currency,
            old_price=self.old_price,
            supplier=values.get("supplier") or supplier,
            source_url=values.get("source_url", ""),
            image_urls=tuple(self.images),
            attributes=self.attributes,
            category_hint=values.get("category_hint", ""),
            barcode=values.get("barcode", ""),
            is_available=self.is_available,
        )
        return Mapped(listing, tuple(self.warnings))

    def _put_price(self, role: str, name: str, value: object) -> None:
        if getattr(self, role) is not None:
            return
        try:
            amount, beside = self._amount(value)
        except BadPrice as error:
            self.warnings.append(
                Remark(BAD_PRICE, {"field": _shown(name), "text": _shown(value), "why": str(error)[:200]})
            )
            return
        if amount is None:
            return
        if amount > HIGHEST_PRICE:
            self.warnings.append(Remark(HUGE_PRICE, {"field": _shown(name), "text": _shown(value)}))
        elif (kopecks := amount.quantize(KOPECK, ROUND_HALF_UP)) == 0:
            # An old price of zero is how many shops say "none"; a price of zero deserves a word.
            if role == "price":
                self.warnings.append(Remark(ZERO_PRICE, {"field": _shown(name)}))
        else:
            setattr(self, role, kopecks)
            if beside:
                self.values.setdefault("beside_price", beside)

    def _amount(self, value: object) -> tuple[Decimal | None, str]:
        """A number and the currency beside it. Raises BadPrice."""
        if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER_BITS:
            raise BadPrice("The number is too big.")
        # Where the format says that the point is decimal, 1.990 is not 1990.
        if isinstance(value, str) and self.has_decimal_points and DECIMAL.fullmatch(value.strip()):
            return Decimal(value.strip()), ""
        money = parse_money(value)
        return (money.amount, money.currency) if money else (None, "")

    def _put_currency(self, text: str) -> None:
        said = normalise(text)
        if not said or self.values.get("currency"):
            return
        known = currency_code(said) or (said.upper() if CURRENCY_CODE.fullmatch(said) else "")
        if known:
            self.values["currency"] = known
        else:
            self.warnings.append(Remark(BAD_CURRENCY, {"text": said[:SHOWN]}))

    def _put_images(self, value: object) -> None:
        for item in value if isinstance(value, list | tuple) else [value]:
            text = _text(item.get("url") if isinstance(item, Mapping) else item)
            for piece in BETWEEN_ADDRESSES.split(text):
                url = FORBIDDEN.sub("", piece).strip(" \t\n|;,")
                url = f"https:{url}" if url.startswith("//") else url
                if not url:
                    continue
                if not ADDRESS.match(url):
                    self.warnings.append(Remark(BAD_PICTURE, {"text": url[:SHOWN]}))
                elif len(url) > LONGEST["image_url"]:
                    self._warn_long("image_url", url)
                elif url not in self.images:
                    self.images.append(url)

    def _put_attributes(self, value: object) -> None:
        if isinstance(value, Mapping):
            for name, said in value.items():
                self.attribute(str(name), said)
        elif isinstance(value, list | tuple):
            for item in value:
                if isinstance(item, Mapping):
                    self.attribute(_text(item.get("name")), item.get("value"), unit=_text(item.get("unit")))
                elif isinstance(item, list | tuple) and len(item) == 3:
                    self.attribute(_text(item[0]), item[2], unit=_text(item[1]))
                elif isinstance(item, list | tuple) and len(item) == 2:
                    self.attribute(_text(item[0]), item[1])
                else:
                    self._put_attributes(_text(item))
        else:
            for name, said in from_cell(_raw(value)).items():
                self.attribute(name, said)

    def _put_availability(self, value: object) -> None:
        if isinstance(value, bool):
            self.is_available = value
            return
        said = normalise(_text(value)).lower().rstrip(".!")
        if said in YES:
            self.is_available = True
        elif said in NO:
            self.is_available = False
        elif said:
            try:
                self.is_available = (self._amount(value)[0] or 0) > 0
            except BadPrice:
                self.warnings.append(Remark(BAD_AVAILABILITY, {"text": said[:SHOWN]}))

    def _put_stock(self, value: object) -> None:
        """A number of pieces says whether there are any, unless a column says it itself."""
        if self.is_available is None:
            self._put_availability(value)

    def _warn_long(self, field: str, text: str) -> None:
        self.warnings.append(
            Remark(TOO_LONG_UNKNOWN, {"field": field, "length": len(text), "limit": LONGEST[field]})
        )


def _text(value: object) -> str:
    """A cell's value as people would write it; "" for nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= LONGEST_NUMBER_BITS else ""
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_text, value)))
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(value)


def _raw(value: object) -> str:
    """A text as it came, HTML and all; only what no database or XML can hold is taken off."""
    return FORBIDDEN.sub("", _text(value).replace("\r\n", "\n").replace("\r", "\n")).strip()


def _generated(value: object) -> object:
    """Google's structured_title: {"digital_source_type", "content"} in JSON, `trained_algorithmic_media:"…"` in cells."""
    if isinstance(value, Mapping) and "content" in value:
        return value["content"]
    marked = GENERATED.fullmatch(value) if isinstance(value, str) else None
    return marked[1].replace('""', '"') if marked else value


def _compose(type_prefix: str, brand: str, model: str) -> str:
    """«Швейная машина» + «Janome» + «Janome DC 3050» → «Швейная машина Janome DC 3050»."""
    if brand and model.lower().startswith(brand.lower()):
        brand = ""
    return " ".join(filter(None, (type_prefix, brand, model))) if model or type_prefix else ""


def _shown(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > LONGEST_NUMBER_BITS:
        return "…"
    return FORBIDDEN.sub("", str(value))[:SHOWN]
