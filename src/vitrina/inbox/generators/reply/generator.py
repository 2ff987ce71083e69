"""The answer to a review, a question or a chat."""

from __future__ import annotations

from pathlib import Path

from vitrina.engine.generators import Generator, register
from vitrina.inbox.generators.reply.offline import reply
from vitrina.inbox.generators.reply.schema import ReplyInput, ReplyText

GENERATOR = register(
    Generator(
        name="reply",
        route="reply",
        input=ReplyInput,
        output=ReplyText,
        prompt=Path(__file__).parent / "prompts" / "reply.md",
        offline=reply,
    )
)
