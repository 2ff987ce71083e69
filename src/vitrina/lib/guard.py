"""Which addresses a fetch may reach: decided from the URL's text and from every address its name resolves to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, unquote, urlsplit

from vitrina.lib.sentences import gettext_noop

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL_CHARACTERS = 8_000


class FetchError(Exception):
    """A fetch brought nothing. `str(error)` is a sentence for the operator; `sentence` with its `values` apart is the same
    for whoever keeps it and translates it when it is shown.

    `permanent`: asking again will not help; `retry_after`: seconds the server asked to wait; `status`: HTTP's.
    """

    def __init__(
        self,
        sentence: str,
        values: Mapping[str, str | int] | None = None,
        *,
        permanent: bool,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = dict(values or {})
        self.permanent = permanent
        self.retry_after = retry_after
        self.status = status


class FetchRefused(FetchError):
    """The address may not be fetched; nothing was sent to it."""

    def __init__(self, sentence: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(sentence, values, permanent=True)


# IANA's special-purpose registries (read 2026-11), written out: Python's `is_global` passes NAT64, 6to4,
# multicast and 192.88.99.0/24, and `is_private` passes 100.64.0.0/10.
# fmt: off
_CLOSED_V4 = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.0.2.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("198.18.0.0/15"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("203.0.113.0/24"),
    IPv4Network("224.0.0.0/4"),
    IPv4Network("240.0.0.0/4"),
    IPv4Network("168.63.129.16/32"),  # public in form, but the control address inside every Azure machine
)
# fmt: on
# In IPv6 only 2000::/3 is given out to the public: mapped, NAT64, unique local, link local and multicast
# addresses all lie outside of it. Closed within it: Teredo and protocol blocks, documentation, 6to4.
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff]")
_NUMERIC_LABEL = re.compile(r"(?:0x[0-9a-f]*|\d+)\.?", re.IGNORECASE)
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?", re.ASCII)


@dataclass(frozen=True)
class Target:
    """A URL taken apart once; the same parts are checked and used, so no second parser can disagree."""

    scheme: str
    host: str  # ASCII, lower case, without brackets
    port: int
    path: str  # with the query; ASCII
    login: tuple[str, str] | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORT_OF[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host_header}{self.path}"


_PORT_OF = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Guard:
    """The default lets only public addresses and the usual web ports through.

    `allowed_networks` and `allowed_ports` are an operator's (or a test's) explicit allowance, for example for a
    feed on an internal host: ports in `allowed_ports` are open only towards `allowed_networks`.
    """

    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    allowed_networks: tuple[Network, ...] = ()
    allowed_ports: frozenset[int] = field(default=frozenset())

    @classmethod
    def allowing(cls, networks: Iterable[str], ports: Iterable[int] = ()) -> Guard:
        """A guard that also lets these networks ("10.1.2.0/24") through. Raises ValueError on a malformed one."""
        return cls(
            allowed_networks=tuple(ip_network(network) for network in networks),
            allowed_ports=frozenset(ports),
        )

    def target(self, url: str) -> Target:
        """The parts of `url`, if its text alone does not forbid it. Raises `FetchRefused`."""
        target = _take_apart(url)
        if target.port not in self.ports | self.allowed_ports:
            known = ", ".join(map(str, sorted(self.ports)))
            raise FetchRefused(
                gettext_noop("Port %(port)s may not be fetched from; only %(known)s may."),
                {"port": target.port, "known": known},
            )
        return target

    def check(self, target: Target, addresses: Iterable[Address]) -> list[Address]:
        """All of `addresses`, if every one may be connected to. Raises `FetchRefused`."""
        passed = []
        for address in addresses:
            if any(
                address in network for network in self.allowed_networks if network.version == address.version
            ):
                if target.port not in self.ports | self.allowed_ports:
                    raise FetchRefused(
                        gettext_noop("Port %(port)s may not be fetched from."), {"port": target.port}
                    )
            elif not is_public(address):
                raise FetchRefused(
                    gettext_noop("«%(host)s» stands for a private or reserved address; it is not fetched."),
                    {"host": target.host},
                )
            elif target.port not in self.ports:
                raise FetchRefused(
                    gettext_noop("Port %(port)s may not be fetched from on public addresses."),
                    {"port": target.port},
                )
            passed.append(address)
        if not passed:
            raise FetchRefused(gettext_noop("«%(host)s» has no address."), {"host": target.host})
        return passed


PUBLIC_ONLY = Guard()


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet and to nobody's inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


def literal_address(host: str) -> Address | None:
    """The address, if the host is one in its plain spelling; None if it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _take_apart(url: str) -> Target:
    url = url.strip(" \t\r\n")
    if len(url) > MAX_URL_CHARACTERS:
        raise FetchRefused(
            gettext_noop("The address is longer than %(most)s characters."), {"most": MAX_URL_CHARACTERS}
        )
    # Spaces inside a path are common in suppliers' feeds and harmless once encoded; elsewhere they are refused.
    head, slash, tail = _split_path(url)
    if _FORBIDDEN.search(head) or _FORBIDDEN.search(tail.replace(" ", "")):
        raise FetchRefused(
            gettext_noop("The address holds characters that no address has (control characters or «\\»).")
        )
    try:
        parts = urlsplit(head)
        port = parts.port
    except ValueError as error:
        raise FetchRefused(gettext_noop("The address is malformed.")) from error
    scheme = parts.scheme.lower()
    if scheme not in _PORT_OF:
        raise FetchRefused(gettext_noop("Only http:// and https:// addresses are fetched."))
    if port == 0:
        raise FetchRefused(gettext_noop("Port 0 may not be fetched from."))
    login = None
    if parts.username is not None:
        login = (unquote(parts.username), unquote(parts.password or ""))
    path = quote(slash + tail.split("#", 1)[0], safe="/%:;=@!$&'()*+,?~[]-._|") or "/"
    if not path.startswith("/"):
        path = "/" + path
    return Target(scheme, _plain_host(parts.hostname or ""), port or _PORT_OF[scheme], path, login)


def _split_path(url: str) -> tuple[str, str, str]:
    """Up to the path, the character that ends the host, and the rest."""
    start = url.find("://")
    start = start + 3 if start >= 0 else 0
    ends = [at for at in (url.find(mark, start) for mark in "/?#") if at >= 0]
    if not ends:
        return url, "", ""
    end = min(ends)
    return url[:end], url[end] if url[end] != "#" else "", url[end + 1 :] if url[end] != "#" else ""


def _plain_host(host: str) -> str:
    """The host in its one plain spelling. Odd spellings of addresses (decimal, octal, hex, short) are refused."""
    if "%" in host:
        raise FetchRefused(
            gettext_noop("The host's name holds «%(sign)s», which no host's name does."), {"sign": "%"}
        )
    if not host:
        raise FetchRefused(gettext_noop("The address names no host."))
    host = host.removesuffix(".")
    if ":" in host:
        address = literal_address(host)
        if address is None:
            raise FetchRefused(gettext_noop("The host is a malformed IPv6 address."))
        return str(address)
    try:
        # IDNA folds full-width digits and look-alike dots into plain ones, as a browser would.
        plain = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise FetchRefused(gettext_noop("The host's name is not one that can exist.")) from error
    if not _HOST.fullmatch(plain) or len(plain) > 253:
        raise FetchRefused(gettext_noop("The host's name is not one that can exist."))
    if _NUMERIC_LABEL.fullmatch(plain.rstrip(".").rsplit(".", 1)[-1]) and not literal_address(plain):
        raise FetchRefused(
            gettext_noop("The host is a number in an unusual spelling; write the plain address or a name.")
        )
    return plain
