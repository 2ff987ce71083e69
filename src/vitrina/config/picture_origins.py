"""From where, beside our own pages, a browser may load pictures. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def picture_origins(public_url: str, *, bucket: str, endpoint: str) -> list[str]:
    """Sources for a content security policy: the public address, or those that signed links of a bucket lead to."""
    if public_url:
        return [_origin(public_url)] if "//" in public_url else []
    if not bucket:
        return []
    if not endpoint:
        return ["https://*.amazonaws.com"]
    origin = _origin(endpoint)
    scheme, _slashes, host = origin.partition("://")
    return [origin, f"{scheme}://{bucket}.{host}"]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
