"""Feeds of suppliers: CSV, XLSX, YML and JSON Lines, read row by row in constant memory.

Front door: `open_feed` gives a `Feed`; iterating it gives `FeedRow` and `BrokenFeedRow`, and never raises for a row.
"""

from vitrina.lib.feeds.feed import BrokenFeedRow, Feed, FeedLimits, FeedRow, NotAFeed
from vitrina.lib.feeds.opening import open_feed

__all__ = ["BrokenFeedRow", "Feed", "FeedLimits", "FeedRow", "NotAFeed", "open_feed"]
