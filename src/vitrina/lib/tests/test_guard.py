from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.guard import FetchRefused, Guard, is_public

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "8.8.8.8",
    "93.184.216.34",
    "77.88.8.8",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "2a02:6b8::1",
    "2606:4700::1111",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_special_address_is_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_is_public(address: object) -> None:
    if address.is_private or address.is_multicast or address.is_reserved:  # type: ignore[attr-defined]
        assert not is_public(address)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "",
        "http://",
        "http:///path",
        "http://example.com:22/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:x/",
        "http://exa mple.com/",
        "http://example.com\\@127.0.0.1/",
        "http://example.com/\r\nHost: x",
        "http://example.com/\x00",
        "http://exa%6dple.com/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://-bad-.com/",
        "http://a..b/",
        "http://" + "a" * 300 + ".com/",
        "http://example.com/" + "a" * 9000,
    ],
)
def test_a_url_that_could_mean_two_things_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        Guard().target(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://Example.com", "example.com", 443, "/"),
        ("http://example.com:8080/a?b=1#c", "example.com", 8080, "/a?b=1"),
        ("http://example.com?x=1", "example.com", 80, "/?x=1"),
        ("https://шляпа.рф/фид.xml?имя=а б", "xn--80avm8ayb.xn--p1ai", 443, None),
        ("http://1.2.3.4/", "1.2.3.4", 80, "/"),
        ("http://[2606:4700::1111]/", "2606:4700::1111", 80, "/"),
        ("https://example.com/a b/%D1%91?q=«ё»", "example.com", 443, "/a%20b/%D1%91?q=%C2%AB%D1%91%C2%BB"),
        (" https://example.com/x ", "example.com", 443, "/x"),
        ("https://my_shop.example.com/", "my_shop.example.com", 443, "/"),
    ],
)
def test_honest_urls_pass(url: str, host: str, port: int, path: str | None) -> None:
    target = Guard().target(url)
    assert (target.host, target.port) == (host, port)
    assert path is None or target.path == path


def test_a_name_and_password_are_taken_out_of_the_url() -> None:
    target = Guard().target("https://us%40er:pa%3Ass@example.com/feed")
    assert target.login == ("us@er", "pa:ss")
    assert target.url == "https://example.com/feed"


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    guard = Guard()
    with pytest.raises(FetchRefused, match="private or reserved"):
        guard.check(guard.target("http://example.com/"), [ip_address("8.8.8.8"), ip_address("10.0.0.1")])


def test_an_allowed_port_is_open_only_towards_the_allowed_network() -> None:
    guard = Guard.allowing(["10.1.2.0/24"], [9000])
    target = guard.target("http://feed.internal:9000/")
    assert guard.check(target, [ip_address("10.1.2.3")])
    with pytest.raises(FetchRefused, match="Port 9000"):
        guard.check(target, [ip_address("8.8.8.8")])
    with pytest.raises(FetchRefused, match="private or reserved"):
        guard.check(target, [ip_address("10.1.3.3")])


@given(st.text(max_size=60))
def test_a_url_is_taken_apart_or_refused_and_nothing_else(text: str) -> None:
    for url in (text, f"http://{text}/", f"http://example.com/{text}"):
        try:
            target = Guard().target(url)
        except FetchRefused:
            continue
        assert (target.url + target.host_header).isascii()
        assert not set(target.url) & set(" \r\n\t\x00\\")
        # Taking apart what was put together again gives the same target.
        assert Guard().target(target.url).url == target.url
