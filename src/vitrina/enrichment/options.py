"""What one run was asked to do: plain data, no Django."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any, Literal

import msgspec
from pydantic import BaseModel, ConfigDict, Field

Language = Literal["ru", "en"]  # what the generators write


class Part(StrEnum):
    """What a run can be asked for. Only what was asked for is judged."""

    TEXT = "text"
    CATEGORY = "category"
    IMAGES = "images"
    ATTRIBUTES = "attributes"


class NothingAsked(ValueError):
    """A run with every part switched off. It is refused at the door: it would «succeed» by doing nothing."""


class RunOptions(BaseModel):
    """The options of a run. `None` means «by the product», and is answered once, when the run is made.

    A stored run holds the answers, never None: the same options repeated later do the same again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    describe: bool = True
    categorize: bool | None = None  # None: only when the product has no category
    analyze_images: bool | None = None  # None: when it has images
    language: Language = "ru"
    use_images: bool = True  # False: pictures are neither looked at nor sent to a model
    # A person looks where the category requires an attribute and the listing doesn't say it, or says two things.
    require_attributes: bool = False
    short: bool = False  # the one-paragraph text instead of the card
    force: bool = False  # a person's text may be overwritten
    fresh: bool = False  # ask the models anew instead of taking a stored answer
    target: str = ""  # the marketplace whose limits and rules the text must keep; empty: the house's own
    remark: str = Field(default="", max_length=2000)  # a moderator's words to the model

    def settled_for(self, *, has_category: bool, has_images: bool) -> RunOptions:
        """The same options with every «by the product» answered. Raises NothingAsked."""
        options = self.model_copy(
            update={
                "categorize": not has_category if self.categorize is None else self.categorize,
                "analyze_images": self.use_images
                and (has_images if self.analyze_images is None else self.analyze_images),
            }
        )
        # Looking at pictures only because there are some is help for the text, not a wish of its own.
        looks = self.analyze_images and options.analyze_images
        if not options.describe and not options.categorize and not looks:
            raise NothingAsked(
                "Nothing is switched on for this run: ask for a description, a category or image analysis."
            )
        return options

    @property
    def requested(self) -> frozenset[Part]:
        asked = {
            Part.TEXT: self.describe,
            Part.CATEGORY: self.categorize,
            Part.IMAGES: self.analyze_images,
            Part.ATTRIBUTES: self.require_attributes,
        }
        return frozenset(part for part, wanted in asked.items() if wanted)

    @property
    def run_type(self) -> str:
        """full | description_only | categorization_only | image_analysis."""
        if self.describe:
            return "full" if self.categorize else "description_only"
        return "categorization_only" if self.categorize else "image_analysis"

    def stored(self) -> dict[str, Any]:
        return self.model_dump()

    @property
    def key(self) -> str:
        """16 hex digits that are equal for equal wishes as the caller spoke them (before they are settled)."""
        return hashlib.sha256(msgspec.json.encode(self.stored(), order="sorted")).hexdigest()[:16]
