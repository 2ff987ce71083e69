"""A tree of categories from a file of any kind that we know."""

from __future__ import annotations

from pathlib import Path

from vitrina.catalog.category_tree import Node, NotATree, from_feed, from_json, from_table
from vitrina.lib.feeds import open_feed

MOST_BYTES = 100 * 1024 * 1024


def read_tree(path: Path) -> list[Node]:
    """Nodes in the order of the file. Raises NotATree, NotAFeed, BadJson, or OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise NotATree(f"The file is bigger than {MOST_BYTES // 1024**2} MB, which no tree of categories is.")
    if path.suffix.lower() in {".yml", ".xml"}:
        with open_feed(path, format="yml") as feed:
            for _row in feed:  # the categories are known when the feed is read
                pass
            return from_feed(feed.categories)
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1251")
    return from_json(text) if text.lstrip()[:1] in {"[", "{"} else from_table(text)
