from __future__ import annotations

import pytest

from vitrina.config.picture_origins import picture_origins


@pytest.mark.parametrize(
    ("public", "bucket", "endpoint", "sources"),
    [
        ("", "", "", []),
        ("https://img.example/a/b", "", "", ["https://img.example"]),
        ("https://cdn.example", "shop", "https://r2.example", ["https://cdn.example"]),
        ("", "shop", "https://r2.example:9000", ["https://r2.example:9000", "https://shop.r2.example:9000"]),
        ("", "shop", "", ["https://*.amazonaws.com"]),
        ("/elsewhere/", "", "", []),
    ],
)
def test_the_policy_of_pages_lets_pictures_come_from_where_they_lie(
    public: str, bucket: str, endpoint: str, sources: list[str]
) -> None:
    assert picture_origins(public, bucket=bucket, endpoint=endpoint) == sources
