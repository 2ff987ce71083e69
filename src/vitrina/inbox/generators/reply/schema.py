"""What an answer is written from, and what comes out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

IntentName = Literal[
    "defect", "wrong_item", "pre_purchase", "delivery", "sizing", "refund", "usage", "thanks", "complaint", "spam", "other",
]  # fmt: skip
SentimentName = Literal["negative", "mixed", "neutral", "positive"]


class Spoken(BaseModel):
    """One message of a chat."""

    model_config = ConfigDict(frozen=True)

    sender: Literal["buyer", "seller", "platform"]
    text: str


class Tone(BaseModel):
    """How a seller speaks. `signature` ends every answer; `words` are the brand's own, used where they fit."""

    model_config = ConfigDict(frozen=True)

    manner: Literal["friendly", "formal"] = "friendly"
    signature: str = ""
    words: tuple[str, ...] = ()
    greets_by_name: bool = True


class ReplyInput(BaseModel):
    """Everything that the writer may know; personal data of the buyer is masked already.

    `seed` chooses among the offline variants, the same for the same interaction. `longest`: characters that the
    marketplace takes.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["review", "question", "chat"]
    platform: str
    language: Literal["ru", "en"] = "ru"
    rating: int | None = None
    text: str = ""
    pros: str = ""
    cons: str = ""
    messages: tuple[Spoken, ...] = ()  # the last ones of a chat, oldest first
    buyer_name: str = ""  # for the offline writer alone: it is in no prompt
    product_name: str = ""
    card: dict[str, str] = Field(default_factory=dict)  # what the card says: name → value
    rules: str = ""  # the seller's own on returns and delivery
    examples: tuple[str, ...] = Field(default=(), max_length=3)  # earlier answers that a person approved
    intent: IntentName = "other"  # as the rules see it
    sentiment: SentimentName = "neutral"
    tone: Tone = Tone()
    may_promise_refunds: bool = False  # what the rules say of them; otherwise they are only told of
    longest: int = 1000
    seed: str = ""


class ReplyText(BaseModel):
    """An answer, and how the writer understood the buyer."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=2, max_length=5000)
    intent: IntentName
    sentiment: SentimentName
