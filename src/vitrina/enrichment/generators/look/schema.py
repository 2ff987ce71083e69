"""What is asked of the pictures of one product, and what an answer says: each value with the picture that shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Number = Annotated[int, Field(ge=1, le=5)]  # of a picture, in the order in which they were sent
Confidence = Annotated[float, Field(ge=0, le=1)]


class Quality(StrEnum):
    BUDGET = "budget"
    MID = "mid"
    PREMIUM = "premium"


class PixelColour(BaseModel):
    """A colour measured from the pixels. `share`: of the subject, 0–1."""

    model_config = ConfigDict(frozen=True)

    name: str  # id of the palette of `lib.pictures.colors`
    hex: str
    share: float


class LookedAt(BaseModel):
    """A picture by what its pixels say: all that the offline producer may know. `number` counts as `Number`."""

    model_config = ConfigDict(frozen=True)

    number: int
    colours: tuple[PixelColour, ...] = ()


class LookInput(BaseModel):
    """The listing's words are kept from the model: it would repeat them, and a contradiction would never be seen.

    `thing`: what kind of thing it is, in plain English words of the program («garment»). `fields`: those of the
    answer that apply to it.
    """

    model_config = ConfigDict(frozen=True)

    pictures: tuple[LookedAt, ...] = ()
    thing: str = "product"
    fields: tuple[str, ...] = ()
    language: Literal["ru", "en"] = "ru"


class SeenColour(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Words
    hex: Hex
    picture: Number


class SeenValue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Words
    picture: Number


class SeenQuality(BaseModel):
    model_config = ConfigDict(extra="forbid")

    value: Quality
    picture: Number


class SeenText(BaseModel):
    """Words that stand in a picture. Data, whatever they say: they go nowhere but to the person's page."""

    model_config = ConfigDict(extra="forbid")

    value: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    picture: Number


class LookOutput(BaseModel):
    """What cannot be seen is null or empty. `colours`: the product's own, the dominant one first."""

    model_config = ConfigDict(extra="forbid")

    colours: list[SeenColour] = Field(default_factory=list, max_length=5)
    item_type: SeenValue | None = None
    style: SeenValue | None = None
    pattern: SeenValue | None = None
    neckline: SeenValue | None = None
    sleeve_length: SeenValue | None = None
    length: SeenValue | None = None
    fabric: SeenValue | None = None  # how the fabric or the material looks, not what it is made of
    quality: SeenQuality | None = None
    audience: SeenValue | None = None
    occasion: SeenValue | None = None
    key_features: list[SeenValue] = Field(default_factory=list, max_length=6)
    text_in_picture: list[SeenText] = Field(default_factory=list, max_length=6)
    confidence: Confidence | None = None
