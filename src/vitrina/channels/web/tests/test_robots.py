from __future__ import annotations

import gzip
import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrina.channels.web import robots, site_map
from vitrina.channels.web.site_map import NotASiteMap

SITE = "https://shop.example"


def lets(text: str, path: str) -> bool:
    return robots.parse(text.encode()).lets(SITE + path)


@pytest.mark.parametrize(
    ("rules", "path", "may"),
    [
        ("Disallow: /", "/p/1", False),
        ("Disallow:", "/p/1", True),
        ("Disallow: /p", "/p/1", False),
        ("Disallow: /p/\nAllow: /p/1", "/p/1", True),
        ("Disallow: /p/1\nAllow: /p/", "/p/1", False),
        ("Disallow: /p\nAllow: /p", "/p", True),
        ("Disallow: *.php$", "/index.php", False),
        ("Disallow: *.php$", "/index.php?x=1", True),
        ("Disallow: /*?sort=", "/list?sort=price", False),
        ("Disallow: /*?sort=", "/list", True),
        ("Disallow: /a*b*c$", "/a1b2c", False),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /", "/robots.txt", True),
    ],
)
def test_the_longest_rule_that_fits_says_it(rules: str, path: str, may: bool) -> None:
    assert lets(f"User-agent: *\n{rules}", path) is may


def test_a_group_of_our_own_goes_before_that_of_everybody() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-Agent: Vitrina/1.0\nUser-agent: Other\nAllow: /p\nDisallow: /\nCrawl-delay: 2.5"
    found = robots.parse(text.encode())
    assert found.lets(f"{SITE}/p/1")
    assert not found.lets(f"{SITE}/cart")
    assert found.delay_seconds == 2.5


def test_maps_are_named_for_everybody() -> None:
    text = (
        "Sitemap: https://shop.example/a.xml\r\nuser-agent: nobody\r\nDisallow: /\r\nSITEMAP: /b.xml # ours"
    )
    assert robots.parse(text.encode()).site_maps == ("https://shop.example/a.xml", "/b.xml")


@given(
    some.binary(max_size=300)
    | some.text(max_size=300).map(lambda text: f"User-agent: *\n{text}".encode("utf-8", "replace"))
)
def test_no_bytes_break_it(body: bytes) -> None:
    robots.parse(body).lets(f"{SITE}/p/1")


@given(some.text("ab*$", max_size=12), some.text("ab", max_size=12))
def test_a_pattern_fits_as_its_regular_expression_would(pattern: str, path: str) -> None:
    said = re.escape("/" + pattern.removesuffix("$")).replace(r"\*", ".*") + (
        "$" if pattern.endswith("$") else ""
    )
    fits = re.match(said, f"/{path}") is not None
    assert robots.parse(f"User-agent: *\nDisallow: /{pattern}".encode()).lets(f"{SITE}/{path}") is not fits


# --- Site maps --------------------------------------------------------------------------------------------


def test_plain_lines_are_a_site_map_too() -> None:
    found = site_map.parse(b"https://shop.example/1\nhttps://shop.example/2\n")
    assert list(found.pages) == ["https://shop.example/1", "https://shop.example/2"]


def test_a_map_that_breaks_off_gives_what_it_had() -> None:
    body = b"<urlset><url><loc>https://shop.example/1</loc></url><url><loc>https://shop"
    assert list(site_map.parse(body).pages) == ["https://shop.example/1"]


def test_pictures_in_a_map_are_no_pages() -> None:
    body = (
        b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
        b"<url><loc>https://shop.example/1?a=1&amp;b=2</loc><image:image><image:loc>https://shop.example/1.jpg</image:loc>"
        b"</image:image><lastmod>2026-11-01</lastmod></url></urlset>"
    )
    assert site_map.parse(body).pages == {"https://shop.example/1?a=1&b=2": "2026-11-01"}


def test_a_map_with_entities_is_refused() -> None:
    body = b'<!DOCTYPE u [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://x.example/&a;</loc></url></urlset>'
    with pytest.raises(NotASiteMap):
        site_map.parse(body)


def test_a_packed_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    with pytest.raises(NotASiteMap):
        site_map.parse(gzip.compress(b" " * (site_map.MOST_BYTES + 10), 1))


@given(some.binary(max_size=300) | some.binary(max_size=300).map(lambda body: b"<urlset><url>" + body))
def test_no_bytes_break_a_map(body: bytes) -> None:
    with suppress(NotASiteMap):
        site_map.parse(body)
