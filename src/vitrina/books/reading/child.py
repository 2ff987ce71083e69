"""Reads one book that comes as its input and answers in JSON. Run by `apart` as a process of its own with hard limits.

JSON, so that whoever asked unpickles nothing that a process sends which has read a strange file.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from vitrina.books.reading.book import DEFAULT_LIMITS, BookRefused
from vitrina.books.reading.opening import read
from vitrina.lib.confining import confine

# Deeper than any book; whatever recurses in a library ends with an error and not with the process.
RECURSION = 2_000


def main(limits_given: str) -> None:
    limits = replace(DEFAULT_LIMITS, **json.loads(limits_given))
    sys.setrecursionlimit(RECURSION)
    confine(memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds)
    data = sys.stdin.buffer.read(limits.file_bytes + 1)
    try:
        answer = {"book": read(data, limits).as_json()}
    except BookRefused as refused:
        answer = {"refused": {"sentence": refused.sentence, "values": dict(refused.values)}}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
