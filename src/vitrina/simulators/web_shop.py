"""A supplier's shop on loopback: product pages in each mark-up, clean and dirty, a site map, robots.txt, faults on demand.

It answers conditional requests, and its log tells what was asked, when, and how many bytes of a page went out.
`python -m vitrina.simulators.web_shop --port 9200` shows it in a browser.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import html
import json
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What a request of a path gets instead of its page, each once.
FAULTS = {
    "error": "500",
    "unavailable": "503 with Retry-After",
    "gone": "404",
    "empty": "200 without a body",
    "login": "200 with a form to sign in",
    "slow": "the page, after `slow_seconds`",
    "cut": "half of the page, then nothing",
    "private": "a redirect to an address inside a network",
    "elsewhere": "a redirect to another shop",
}
LOGIN = (
    '<!doctype html><html><head><title>Вход</title></head><body><form method="post"><input name="login">'
    '<input type="password" name="password"><button>Войти</button></form></body></html>'
)


@dataclass(frozen=True)
class Goods:
    """`dialect`: a key of DIALECTS. `changed`: for the site map; empty: it doesn't tell."""

    sku: str
    name: str
    price: str = "1490.00"
    currency: str = "RUB"
    brand: str = "Маяк"
    description: str = "<p>Кружка из фарфора.</p>"
    images: tuple[str, ...] = ("/i/1.jpg", "/i/2.jpg")
    category: tuple[str, ...] = ("Посуда", "Кружки")
    is_available: bool = True
    attributes: tuple[tuple[str, str], ...] = (("Объём", "350 мл"),)
    gtin: str = "4600000000017"
    dialect: str = "json_ld"
    changed: str = ""


@dataclass(frozen=True)
class Asked:
    at: float  # Unix seconds
    path: str
    status: int
    size: int  # bytes of the body
    headers: dict[str, str]


@dataclass
class Shop:
    """The shop behind the server. Paths of goods are /p/<sku>; /sitemap.xml is an index of two maps, one of them packed."""

    goods: dict[str, Goods] = field(default_factory=dict)
    robots: str | None = "User-agent: *\nDisallow: /cart\nSitemap: {base}/sitemap.xml\n"
    faults: dict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    more_in_map: list[str] = field(default_factory=list)  # addresses that the site map names besides
    map_body: bytes | None = None  # instead of the site map
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # {path: (media type, body)}
    validators: bool = True  # whether it answers conditional requests
    slow_seconds: float = 1.0
    log: list[Asked] = field(default_factory=list)

    def put(self, *goods: Goods) -> None:
        self.goods |= {one.sku: one for one in goods}

    def change(self, sku: str, **values: Any) -> None:
        self.goods[sku] = replace(self.goods[sku], **values)

    def asked(self, beginning: str = "/p/") -> list[Asked]:
        return [one for one in self.log if one.path.startswith(beginning)]

    def bodies(self) -> int:
        """Pages of goods whose body went out."""
        return sum(one.status == 200 for one in self.asked())

    # --- What it shows --------------------------------------------------------------------------------

    def answer(self, path: str, base: str) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        if path == "/robots.txt":
            if self.robots is None:
                return 404, "text/plain", b""
            return 200, "text/plain", self.robots.replace("{base}", base).encode()
        if path == "/sitemap.xml":
            if self.map_body is not None:
                return 200, "application/xml", self.map_body
            maps = "".join(
                f"<sitemap><loc>{base}/{name}</loc></sitemap>" for name in ("map-1.xml", "map-2.xml.gz")
            )
            return 200, "application/xml", _xml(f'<sitemapindex xmlns="{_SPACE}">{maps}</sitemapindex>')
        if path in ("/map-1.xml", "/map-2.xml.gz"):
            body = self._map(base, half=path == "/map-2.xml.gz")
            return (
                (200, "application/xml", body)
                if path == "/map-1.xml"
                else (200, "application/gzip", gzip.compress(body))
            )
        if path in self.files:
            return 200, *self.files[path]
        one = self.goods.get(path.removeprefix("/p/")) if path.startswith("/p/") else None
        if one is None:
            return 404, "text/html", "<html><body>Нет такой страницы</body></html>".encode()
        return 200, "text/html; charset=utf-8", DIALECTS[one.dialect](one, base).encode()

    def _map(self, base: str, *, half: bool) -> bytes:
        entries = [(f"{base}/p/{one.sku}", one.changed) for one in self.goods.values()]
        entries += [(one, "") for one in self.more_in_map]
        rows = "".join(
            f"<url><loc>{html.escape(address)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"
            for number, (address, changed) in enumerate(entries)
            if bool(number % 2) == half
        )
        return _xml(f'<urlset xmlns="{_SPACE}">{rows}</urlset>')


_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


# --- Dialects ---------------------------------------------------------------------------------------------


def _page(one: Goods, *, head: str = "", body: str = "") -> str:
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{html.escape(one.name)} – купить</title>{head}</head>"
        f"<body><h1>{html.escape(one.name)}</h1>{body}</body></html>"
    )


def _script(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{said}</script>'


def _product(one: Goods, base: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": one.sku,
        "name": one.name,
        "description": one.description,
        "brand": {"@type": "Brand", "name": one.brand},
        "gtin13": one.gtin,
        "image": list(one.images),
        "url": f"{base}/p/{one.sku}",
        "offers": _offer(one),
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value} for name, value in one.attributes
        ],
    }


def _offer(one: Goods) -> dict[str, Any]:
    stock = "InStock" if one.is_available else "OutOfStock"
    return {
        "@type": "Offer",
        "price": one.price,
        "priceCurrency": one.currency,
        "availability": f"https://schema.org/{stock}",
    }


def _trail(one: Goods) -> dict[str, Any]:
    names = ("Главная", *one.category, one.name)
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name} for at, name in enumerate(names, 1)
        ],
    }


def json_ld(one: Goods, base: str) -> str:
    return _page(one, head=_script(_product(one, base)) + _script(_trail(one)))


def graph(one: Goods, base: str) -> str:
    """One @graph in which nodes point to each other."""
    product = _product(one, base) | {"offers": {"@id": "#offer"}, "brand": {"@id": "#brand"}}
    del product["@context"]
    nodes = [
        {"@type": "WebSite", "name": "Лавка"},
        _trail(one),
        {"@id": "#offer"} | _offer(one),
        {"@id": "#brand", "@type": "Brand", "name": one.brand},
        product,
    ]
    return _page(one, head=_script({"@context": "https://schema.org", "@graph": nodes}))


def group(one: Goods, base: str) -> str:
    """A ProductGroup with two variants; each says what differs alone."""
    whole = _product(one, base) | {"@type": "ProductGroup", "productGroupID": one.sku, "variesBy": "size"}
    for name in ("sku", "offers", "gtin13", "url"):
        del whole[name]
    whole["hasVariant"] = [
        {"@type": "Product", "sku": f"{one.sku}-{size}", "name": f"{one.name} {size}", "size": size, "offers": _offer(one)}
        for size in ("S", "M")
    ]  # fmt: skip
    return _page(one, head=_script(whole))


def aggregate(one: Goods, base: str) -> str:
    """«From … to …»: no one price."""
    offers = {
        "@type": "AggregateOffer",
        "lowPrice": one.price,
        "highPrice": "99990",
        "priceCurrency": one.currency,
    }
    return _page(one, head=_script([_product(one, base) | {"offers": offers}]))


def microdata(one: Goods, base: str) -> str:
    stock = "InStock" if one.is_available else "OutOfStock"
    images = "".join(f'<img itemprop="image" src="{image}">' for image in one.images)
    steps = "".join(
        f'<li itemprop="itemListElement" itemscope itemtype="http://schema.org/ListItem"><span itemprop="name">{name}</span>'
        f'<meta itemprop="position" content="{at}"></li>'
        for at, name in enumerate(("Главная", *one.category), 1)
    )
    properties = "".join(
        '<div itemprop="additionalProperty" itemscope itemtype="http://schema.org/PropertyValue">'
        f'<b itemprop="name">{name}</b><i itemprop="value">{value}</i></div>'
        for name, value in one.attributes
    )
    return _page(
        one,
        body=f'<ol itemscope itemtype="http://schema.org/BreadcrumbList">{steps}</ol>'
        f'<div itemscope itemtype="http://schema.org/Product"><meta itemprop="sku" content="{one.sku}">'
        f'<h2 itemprop="name">{html.escape(one.name)}</h2><div itemprop="description">{one.description}</div>{images}'
        f'<span itemprop="brand" itemscope itemtype="http://schema.org/Brand"><b itemprop="name">{one.brand}</b></span>'
        f'<meta itemprop="gtin13" content="{one.gtin}">{properties}'
        '<div itemprop="offers" itemscope itemtype="http://schema.org/Offer">'
        f'<span itemprop="price" content="{one.price}">{one.price} ₽</span>'
        f'<meta itemprop="priceCurrency" content="{one.currency}">'
        f'<link itemprop="availability" href="http://schema.org/{stock}"></div></div>',
    )


def open_graph(one: Goods, base: str) -> str:
    stock = "in stock" if one.is_available else "out of stock"
    said = [
        ("og:type", "product"),
        ("og:title", one.name),
        ("og:description", "Кружка из фарфора."),
        ("og:url", f"{base}/p/{one.sku}"),
        ("product:brand", one.brand),
        ("product:price:amount", one.price),
        ("product:price:currency", one.currency),
        ("product:availability", stock),
        ("product:retailer_item_id", one.sku),
        *(("og:image", image) for image in one.images),
    ]
    return _page(
        one, head="".join(f'<meta property="{name}" content="{html.escape(value)}">' for name, value in said)
    )


def mixed(one: Goods, base: str) -> str:
    """JSON-LD says little, microdata more, OpenGraph the rest, and it names another price."""
    little = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": one.sku,
        "name": one.name,
        "offers": _offer(one),
    }
    rest = (
        open_graph(replace(one, price="1.00"), base)
        .partition("<title>")[2]
        .partition("</title>")[2]
        .partition("</head>")[0]
    )
    return microdata(one, base).replace("</head>", f"{_script(little)}{rest}</head>")


def broken_json(one: Goods, base: str) -> str:
    return _page(one, head='<script type="application/ld+json">{"@type": "Product", "name": </script>')


def two_products(one: Goods, base: str) -> str:
    """The page's own product and another one beside it, that a buyer may like."""
    other = _product(replace(one, sku=f"{one.sku}-other", name="Блюдце"), base)
    return _page(one, head=_script([other, _product(one, base)]))


def bare(one: Goods, base: str) -> str:
    """For people alone."""
    return _page(one, body=f"<p>Цена {one.price} ₽</p>")


DIALECTS: dict[str, Callable[[Goods, str], str]] = {
    make.__name__: make
    for make in (
        json_ld, graph, group, aggregate, microdata, open_graph, mixed, broken_json, two_products, bare,
    )
}  # fmt: skip


# --- The server -------------------------------------------------------------------------------------------


class WebShop:
    """A running shop: `url`, `port`, `shop`. Close it."""

    def __init__(self, shop: Shop | None = None, *, port: int = 0) -> None:
        self.shop = shop or Shop()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self.shop))
        self._server.daemon_threads = True
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
            faults = shop.faults.get(self.path)
            fault = faults.popleft() if faults else ""
            status, media_type, body = shop.answer(self.path, base)
            headers: dict[str, str] = {}
            if fault == "error":
                status, body = 500, b"oops"
            elif fault == "unavailable":
                status, body, headers = 503, b"", {"Retry-After": "1"}
            elif fault == "gone":
                status, body = 404, b"gone"
            elif fault == "empty":
                status, body = 200, b""
            elif fault == "login":
                status, body = 200, LOGIN.encode()
            elif fault == "private":
                status, body, headers = 302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"}
            elif fault == "elsewhere":
                status, body, headers = (
                    302,
                    b"",
                    {"Location": base.replace("127.0.0.1", "127.0.0.2") + self.path},
                )
            elif fault == "slow":
                time.sleep(shop.slow_seconds)
            mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if shop.validators and status == 200 and not fault:
                headers["ETag"] = mark
                if self.headers.get("If-None-Match") == mark:
                    status, body = 304, b""
            sent = body[: len(body) // 2] if fault == "cut" else body
            told = {name.lower(): value for name, value in self.headers.items()}
            shop.log.append(Asked(time.time(), self.path, status, len(sent), told))
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

    return Handler


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--goods", type=int, default=30)
    given = parser.parse_args()
    shop = Shop()
    dialects = list(DIALECTS)
    shop.put(*(
        Goods(f"mug-{number}", f"Кружка № {number}", price=f"{490 + number}.00", dialect=dialects[number % len(dialects)])
        for number in range(given.goods)
    ))  # fmt: skip
    running = WebShop(shop, port=given.port)
    sys.stdout.write(f"{running.url}/sitemap.xml\n")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    running.close()


if __name__ == "__main__":
    main()
