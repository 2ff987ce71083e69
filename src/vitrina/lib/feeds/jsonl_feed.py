"""JSON Lines: one strict JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from vitrina.lib import strict_json
from vitrina.lib.feeds.decoding import TextStream
from vitrina.lib.feeds.feed import Feed, FeedLimits, FeedRow, Row, broken


def open_jsonl(file: BinaryIO, encoding: str, limits: FeedLimits) -> Feed:
    stream = TextStream(file, encoding)
    feed = Feed("jsonl", encoding, (), on_close=stream.detach)
    feed.rows = _rows(stream, limits, feed.remarks)
    return feed


def _rows(stream: TextStream, limits: FeedLimits, remarks: list[str]) -> Iterator[Row]:
    most = limits.row_characters
    number = count = 0
    while text := stream.read_line(most):
        number += 1
        if len(text) >= most and text[-1] not in "\r\n":
            while (rest := stream.read_line(most)) and rest[-1] not in "\r\n":
                pass
            yield broken(number, f"The line is longer than {most} characters.", text)
            continue
        if not text.strip():
            continue
        count += 1
        if count > limits.rows:
            yield broken(number, f"Only the first {limits.rows} rows are read; the rest was left out.")
            break
        try:
            value = strict_json.loads(text, max_bytes=4 * most)
        except strict_json.BadJson as error:
            yield broken(number, str(error), text)
            continue
        if isinstance(value, dict):
            yield FeedRow(number, value)
        else:
            yield broken(number, "The line holds JSON, but not an object with named fields.", text)
    remarks.extend(stream.remarks())
