"""What was sent and what came back, packed for keeping: bounded, compressed, cheap to make."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from struct import Struct

MOST_BYTES = 64 * 1024  # of the question, and of the answer
_HEAD = Struct(">IIII")  # bytes of the question kept and whole, of the answer kept and whole
# The quickest level, and tables of the size of an exchange: a third of the time of zlib's own choice (20 µs for 2.5 KB), same size.
_LEVEL, _WINDOW_BITS, _MEMORY = 1, 14, 6


@dataclass(frozen=True)
class Kept:
    """`question`: JSON as `keys.common_part` made it. `words`: what went wrong, empty where nothing did."""

    question: bytes
    answer: str
    words: str
    question_bytes: int
    answer_bytes: int

    @property
    def question_is_cut(self) -> bool:
        return len(self.question) < self.question_bytes

    @property
    def answer_is_cut(self) -> bool:
        return len(self.answer.encode()) < self.answer_bytes


def pack(question: bytes, answer: str, words: str) -> bytes:
    said = answer.encode()
    kept_question, kept_answer = question[:MOST_BYTES], _whole_letters(said[:MOST_BYTES])
    head = _HEAD.pack(len(kept_question), len(question), len(kept_answer), len(said))
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW_BITS, _MEMORY)
    whole = b"".join((head, kept_question, kept_answer, words[:2000].encode()))
    return packer.compress(whole) + packer.flush()


def unpack(packed: bytes) -> Kept:
    raw = zlib.decompress(packed)
    question, question_bytes, answer, answer_bytes = _HEAD.unpack_from(raw)
    start = _HEAD.size
    middle, end = start + question, start + question + answer
    return Kept(raw[start:middle], raw[middle:end].decode(), raw[end:].decode(), question_bytes, answer_bytes)


def _whole_letters(said: bytes) -> bytes:
    """Without the letter that the cut went through."""
    return said if len(said) < MOST_BYTES else said.decode(errors="ignore").encode()
