"""What a picture service is to Vitrina: a record of what it can do, one coroutine, and one table of outcomes.

An adapter is one file under `services/`. Its coroutines run on the engine's loop; it knows neither quota nor ledger,
tries nothing twice and sleeps only while it polls for a result that is being made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from vitrina.lib.rates import Rate

if TYPE_CHECKING:
    from vitrina.imagery.wire import PictureWire


class Outcome(StrEnum):
    """What to do after a call that gave no picture."""

    RETRY_SAME = "retry_same"  # timeout, 5xx, reset: the same request again, unchanged; two tries
    RETRY_AFTER = "retry_after"  # a limit with a delay: wait; no failure
    RETRY_NEW_SEED = "retry_new_seed"  # no picture in the answer, moderation of the output: at most two
    FALLBACK = "fallback"  # money, key, dead model: the next service
    REFUSE = "refuse"  # moderation of the input: stop, show the reason, give the quota back
    BAD_REQUEST = "bad_request"  # our request is not understood: stop, log, give the quota back


class Sizes(StrEnum):
    """How a service is told the size."""

    PIXELS = "pixels"  # any width and height, in steps
    LISTED = "listed"  # one of a few
    RATIO = "ratio"  # a ratio alone, and perhaps a class of resolution


class Style(StrEnum):
    """How a model likes to be spoken to."""

    KEYWORDS = "keywords"  # comma-separated: Stable Diffusion
    PROSE = "prose"


@dataclass(frozen=True)
class Abilities:
    """What one model of a service can do. `None`: no limit is known.

    `step`: width and height are multiples of it. `least_side`, `most_side`, `least_pixels`, `most_pixels`, `most_ratio` (the
    longer side by the shorter): between which sizes in pixels lie. `listed`: (width, height) where sizes are listed.
    `ratios`: (w, h) where only a ratio is told. `most_prompt`: characters, also of the negative prompt. `most_references`:
    pictures that may be given, 0 for none. `has_seed`: a seed is taken, from `least_seed` to `most_seed`;
    `seed_is_exact`: and gives the same picture again. `has_guidance`: guidance and steps on the scale of Stable
    Diffusion, within `guidance_range` (least, most) and from 1 to `most_steps`.
    `needs_seed_for_new`: the same request is answered from the service's cache, so another try changes the seed.
    `marks_pictures`: its mark stands on every picture, so it is unfit for product shots.
    """

    sizes: Sizes = Sizes.PIXELS
    step: int = 1
    least_side: int = 64
    most_side: int | None = None
    least_pixels: int | None = None
    most_pixels: int | None = None
    most_ratio: float | None = None
    listed: tuple[tuple[int, int], ...] = ()
    ratios: tuple[tuple[int, int], ...] = ()
    style: Style = Style.PROSE
    most_prompt: int | None = None
    has_negative: bool = False
    has_seed: bool = True
    seed_is_exact: bool = False
    least_seed: int = 0
    most_seed: int = 2**31 - 1
    has_guidance: bool = False
    guidance_range: tuple[float, float] = (1.0, 30.0)
    most_steps: int = 150
    most_references: int = 0
    needs_seed_for_new: bool = False
    marks_pictures: bool = False


@dataclass(frozen=True)
class Reference:
    """A picture that is given along: bytes, media type («image/jpeg»), and what it is of, in English."""

    data: bytes = field(repr=False)
    media_type: str
    digest: str  # SHA-256, 64 hex digits
    role: str = ""


@dataclass(frozen=True)
class Order:
    """A request as one service is asked, within its abilities: `compiling.compiled` makes it.

    `seed` None: the service takes none. `guidance`, `steps` None likewise. `ratio`: (w, h) where only that is told; then
    width and height say what was wished for, at that ratio, and the real size is the service's choice. `recipe`, `color`:
    of the scene («car_angle», "#RRGGBB"), for a service that draws by itself.
    """

    model: str
    prompt: str
    width: int
    height: int
    negative: str = ""
    ratio: tuple[int, int] | None = None
    seed: int | None = None
    guidance: float | None = None
    steps: int | None = None
    is_high_quality: bool = False
    references: tuple[Reference, ...] = ()
    recipe: str = ""
    color: str = ""


@dataclass(frozen=True)
class Drawn:
    """What a service gave. Not looked at yet: it may be no picture at all.

    `cost`: USD as the service told or as its price list says, None where nobody knows. `seed`: that was really used.
    `model`: that really drew. `tokens`: (prompt, completion) where the service counts them. `notes`: what the service did otherwise
    than asked, in English, one sentence each. `request_id`: the service's own.
    """

    data: bytes = field(repr=False)
    media_type: str
    model: str
    cost: Decimal | None = None
    seed: int | None = None
    tokens: tuple[int, int] | None = None
    revised_prompt: str = ""
    request_id: str = ""
    notes: tuple[str, ...] = ()


class ServiceFault(Exception):
    """A call that gave no picture. `sentence`: for the operator, without anything secret; with `values` apart it is kept
    untranslated and shown in the reader's language. `message`: the service's words, shortened. `retry_after`: seconds that it
    wants to be left alone, with RETRY_AFTER and perhaps with RETRY_NEW_SEED. `status`: HTTP, 0 where none came. `was_paid`:
    None where nobody knows.
    """

    def __init__(
        self,
        outcome: Outcome,
        sentence: str,
        *,
        status: int = 0,
        code: str = "",
        message: str = "",
        retry_after: float | None = None,
        was_paid: bool | None = False,
        request_id: str = "",
        values: Mapping[str, str | int | float] | None = None,
    ) -> None:
        super().__init__(sentence % values if values else sentence)
        self.values = dict(values or {})
        self.outcome = outcome
        self.sentence = sentence
        self.status = status
        self.code = code
        self.message = message[:500]
        self.retry_after = retry_after
        self.was_paid = was_paid
        self.request_id = request_id


class Drawing(Protocol):
    """A service with its address and key, ready to be asked."""

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        """The picture within `seconds`. Raises ServiceFault."""
        ...


@dataclass(frozen=True)
class ServiceSettings:
    """What an installation says about one service. `key` and `extra`, where a login may stand, never appear in a repr, a log
    or an error."""

    base_url: str
    key: str = field(default="", repr=False)
    model: str = ""  # empty: the service's own choice
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Service:
    """One picture service as data.

    `key_setting`: the environment name of its key, empty where none is needed. `base_url`: empty where only the
    installation knows it (`url_setting`). `rate`: calls a minute, None for none. `counts_references`: reference pictures
    take from the rate too. `at_once`: calls under way in one process, None for any number. `prices`: USD a picture by
    model, where the service does not tell what a call cost. `is_offline`: draws by itself, without a network. `is_on_request`: asked only where the installation switches it on, since it
    needs no key that would say so.
    `make` None: known, and not spoken to (`why_not` says why).
    """

    name: str  # in settings and the database: "pollinations"
    title: str  # as people know it: "Pollinations"
    base_url: str
    abilities: Callable[[str], Abilities]  # of a model
    models: tuple[str, ...]  # the first is the default
    make: Callable[[ServiceSettings], Drawing] | None
    key_setting: str = ""
    url_setting: str = ""
    rate: Rate | None = None
    counts_references: bool = False
    at_once: int | None = None
    seconds: float = 120.0
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    is_offline: bool = False
    is_on_request: bool = False
    why_not: str = ""
