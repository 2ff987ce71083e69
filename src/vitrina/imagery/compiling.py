"""A scene in the words and within the limits of one model. Pure.

Nothing is left out in silence: what a model cannot honour is told in `Compiled.dropped`. What each kind of model likes:
keywords and a negative prompt for Stable Diffusion; prose for the others, where naming an unwanted thing may call it
(the guides of Black Forest Labs, 2026-02), so that an exclusion is said by what is seen in its place or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vitrina.imagery.fitting import LEAST_BY_RATIO, RATIO_UNIT, Size, fitted, of_ratio
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Abilities, Order, Reference, Sizes, Style
from vitrina.imagery.scene import Scene
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import normalise

__all__ = ["LEAST_BY_RATIO", "RATIO_UNIT", "Compiled", "Dropped", "PromptTooLong", "compiled"]

HIGH_QUALITY_GUIDANCE, HIGH_QUALITY_STEPS = 1.0, 50

OTHER_SIZE = gettext_noop(
    "Drawn as %(width)s × %(height)s in place of %(wanted_width)s × %(wanted_height)s, which this model does not draw."
)
ONLY_RATIO = gettext_noop(
    "This model is told only the proportions: %(ratio)s; its pixels need not be the %(wanted_width)s × %(wanted_height)s"
    " that were asked for."
)
NO_GUIDANCE = gettext_noop("This model takes neither guidance nor steps; its own apply.")
OTHER_GUIDANCE = gettext_noop(
    "Guidance %(guidance)s and %(steps)s steps in place of %(wanted_guidance)s and %(wanted_steps)s: this model's limits."
)
NO_SEED = gettext_noop("This model takes no seed: the same picture can't be made again.")
OTHER_SEED = gettext_noop("Seed %(seed)s in place of %(wanted)s, which this model does not take.")
NOT_EXCLUDED = gettext_noop(
    "«%(words)s» could not be ruled out: this model has no negative prompt, and to name it could call it."
)
PART_LEFT_OUT = gettext_noop(
    "«%(words)s» was left out: this model reads at most %(limit)s characters of a prompt."
)
PART_SHORTENED = gettext_noop(
    "The description was cut after «%(words)s»: this model reads at most %(limit)s characters of a prompt."
)
NO_REFERENCES = gettext_noop(
    "This model takes no reference pictures; %(count)s could not be given along, and likeness is by words alone."
)
FEWER_REFERENCES = gettext_noop(
    "Of %(count)s reference pictures the first %(limit)s were given along; this model takes no more."
)
TOO_LONG = gettext_noop(
    "What stands in every picture of this series has %(length)s characters, and this model reads at most %(limit)s;"
    " it was not asked, since a shorter description would show something else."
)

_SHOWN = 80  # characters of somebody's words within a sentence
_END_OF_PART = " \t,;."


@dataclass(frozen=True)
class Dropped:
    """Something that was asked for and could not be honoured. `sentence` is untranslated, with `values` apart."""

    code: str  # size, ratio, guidance, seed, exclusion, prompt, references
    sentence: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    order: Order
    dropped: tuple[Dropped, ...]


class PromptTooLong(Exception):
    """The frozen block alone is longer than this model's prompt may be: another model is to be asked.

    `dropped` says it in a sentence with its values.
    """

    def __init__(self, dropped: Dropped) -> None:
        super().__init__(dropped.sentence % dict(dropped.values))
        self.dropped = dropped


def compiled(
    scene: Scene,
    options: Options,
    abilities: Abilities,
    model: str,
    seed: int | None,
    references: Sequence[Reference] = (),
) -> Compiled:
    """The order for `model`. `seed`: of this try; None lets the service choose. Raises PromptTooLong."""
    dropped: list[Dropped] = []
    exclusions = [(exclusion.words, exclusion.instead) for exclusion in scene.exclusions]
    exclusions += [(words, "") for words in options.negative]
    negative, insteads = _excluded(exclusions, abilities, dropped)
    prompt = _prompt(scene, options.style, insteads, abilities, dropped)
    size, ratio = _size(scene, options, abilities, dropped)
    guidance, steps = _effort(scene, options, abilities, dropped)
    order = Order(
        model=model,
        prompt=prompt,
        negative=negative,
        width=size[0],
        height=size[1],
        ratio=ratio,
        seed=_seed(seed, options, abilities, dropped),
        guidance=guidance,
        steps=steps,
        is_high_quality=scene.is_high_quality or options.is_high_quality,
        references=_references(references, abilities, dropped),
        recipe=scene.recipe.value,
        color=scene.color,
    )
    return Compiled(order, tuple(dropped))


# --- The prompt ---------------------------------------------------------------------------------------------


def _prompt(
    scene: Scene, style: Iterable[str], insteads: Sequence[str], abilities: Abilities, dropped: list[Dropped]
) -> str:
    """Frozen block, parts, the person's words, what is seen in place of what must not be.

    Too long, it loses whole pieces, the least important first: what stands in place of exclusions, the last parts, the
    person's own words; then the first part is cut at the end of a word.
    """
    limit = abilities.most_prompt
    if limit is not None and len(scene.frozen) > limit:
        raise PromptTooLong(Dropped("prompt", TOO_LONG, {"length": len(scene.frozen), "limit": limit}))
    parts = _distinct(scene.parts)
    words = _distinct(style)
    kept = _Pieces(abilities.style, scene.frozen, parts, words, list(insteads))
    while limit is not None and len(kept.text()) > limit:
        loser = kept.pop_least()
        if loser is not None:
            dropped.append(Dropped("prompt", PART_LEFT_OUT, {"words": _shown(loser), "limit": limit}))
            continue
        kept.cut(limit)
        dropped.append(Dropped("prompt", PART_SHORTENED, {"words": _tail(kept.parts), "limit": limit}))
        break
    return kept.text()


@dataclass
class _Pieces:
    style: Style
    frozen: str
    parts: list[str]
    words: list[str]
    insteads: list[str]

    def text(self) -> str:
        if self.style is Style.KEYWORDS:
            said = ", ".join([*self.parts, *self.words, *self.insteads])
        else:
            words = [", ".join(self.words)] if self.words else []
            said = " ".join(_sentence(piece) for piece in (*self.parts, *words, *self.insteads))
        if not self.frozen or not said:
            return self.frozen or said
        if self.frozen.rstrip()[-1:] in (".", "!", "?"):
            return f"{self.frozen} {said}"
        return f"{self.frozen}{', ' if self.style is Style.KEYWORDS else '. '}{said}"

    def pop_least(self) -> str | None:
        """What is taken out next; None where only the frozen block and the first part are left."""
        for pieces, least in ((self.insteads, 0), (self.parts, 1), (self.words, 0)):
            if len(pieces) > least:
                return pieces.pop()
        return None

    def cut(self, limit: int) -> None:
        """The first part at the end of a word, so that all fits; nothing of it where there is no room for a word."""
        first = self.parts.pop()
        room = (
            limit - (len(self.text()) if self.frozen else 0) - 3
        )  # what joins it: «. », and its own full stop
        short = first[: max(0, room)]
        if room < len(first) and not first[room : room + 1].isspace():
            short = short.rpartition(" ")[0] or ("" if self.frozen else short)
        if short := short.strip(_END_OF_PART):
            self.parts.append(short)
        elif not self.frozen:
            self.parts.append(first[:limit])


def _sentence(piece: str) -> str:
    text = piece[:1].upper() + piece[1:]
    return text if text[-1] in "!?" else f"{text}."


def _distinct(pieces: Iterable[str]) -> list[str]:
    """Clean, none empty, none twice."""
    found: dict[str, str] = {}
    for piece in pieces:
        text = normalise(piece).strip(_END_OF_PART)
        if text:
            found.setdefault(text.casefold(), text)
    return list(found.values())


def _shown(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"


def _tail(parts: Sequence[str]) -> str:
    return parts[0][-_SHOWN:] if parts else ""


# --- What must not be seen ----------------------------------------------------------------------------------


def _excluded(
    exclusions: Sequence[tuple[str, str]], abilities: Abilities, dropped: list[Dropped]
) -> tuple[str, list[str]]:
    """(the negative prompt, what is said in its place); one of them is empty."""
    if abilities.has_negative:
        return _negative([words for words, _ in exclusions], abilities.most_prompt, dropped), []
    forbidden = [phrase for words, _ in exclusions for phrase in _phrases(words)]
    insteads = []
    for words, instead in exclusions:
        if instead.strip() and not _names_any(instead, forbidden):
            insteads.append(instead)
        elif words.strip():
            dropped.append(Dropped("exclusion", NOT_EXCLUDED, {"words": _shown(normalise(words))}))
    return "", _distinct(insteads)


def _negative(words: Sequence[str], limit: int | None, dropped: list[Dropped]) -> str:
    kept = _distinct(phrase for each in words for phrase in _phrases(each))
    while limit is not None and len(", ".join(kept)) > limit:
        loser = kept.pop()
        dropped.append(Dropped("prompt", PART_LEFT_OUT, {"words": _shown(loser), "limit": limit}))
    return ", ".join(kept)


def _phrases(words: str) -> list[str]:
    return [
        phrase for piece in re.split(r"[,;\n]", words) if (phrase := normalise(piece).strip(_END_OF_PART))
    ]


def _names_any(text: str, phrases: Iterable[str]) -> bool:
    said = normalise(text).casefold()
    return any(re.search(rf"(?<!\w){re.escape(phrase.casefold())}(?!\w)", said) for phrase in phrases)


# --- Size, effort, seed, references ---------------------------------------------------------------------------


def _size(
    scene: Scene, options: Options, abilities: Abilities, dropped: list[Dropped]
) -> tuple[Size, tuple[int, int] | None]:
    wanted = of_ratio(options.ratio) if options.ratio else (scene.width, scene.height)
    size, ratio = fitted(wanted, abilities)
    values: dict[str, str | int] = {"wanted_width": wanted[0], "wanted_height": wanted[1]}
    if abilities.sizes is Sizes.RATIO and ratio is not None:
        dropped.append(Dropped("ratio", ONLY_RATIO, {"ratio": f"{ratio[0]}:{ratio[1]}", **values}))
    elif size != wanted:
        dropped.append(Dropped("size", OTHER_SIZE, {"width": size[0], "height": size[1], **values}))
    return size, ratio


def _effort(
    scene: Scene, options: Options, abilities: Abilities, dropped: list[Dropped]
) -> tuple[float | None, int | None]:
    """(guidance, steps)"""
    if not abilities.has_guidance:
        dropped.append(Dropped("guidance", NO_GUIDANCE))
        return None, None
    guidance, steps = scene.guidance, scene.steps
    if options.is_high_quality and not scene.is_high_quality:
        guidance, steps = guidance + HIGH_QUALITY_GUIDANCE, max(steps, HIGH_QUALITY_STEPS)
    least, most = abilities.guidance_range
    taken = min(max(guidance, least), most), min(max(steps, 1), abilities.most_steps)
    if taken != (guidance, steps):
        values = {
            "guidance": taken[0],
            "steps": taken[1],
            "wanted_guidance": guidance,
            "wanted_steps": steps,
        }
        dropped.append(Dropped("guidance", OTHER_GUIDANCE, values))
    return taken


def _seed(seed: int | None, options: Options, abilities: Abilities, dropped: list[Dropped]) -> int | None:
    if seed is None:
        return None
    if not abilities.has_seed:
        dropped.append(Dropped("seed", NO_SEED))
        return None
    least, most = abilities.least_seed, abilities.most_seed
    taken = least + (seed - least) % (most - least + 1)
    if taken != seed and seed == options.seed:
        dropped.append(Dropped("seed", OTHER_SEED, {"seed": taken, "wanted": seed}))
    return taken


def _references(
    references: Sequence[Reference], abilities: Abilities, dropped: list[Dropped]
) -> tuple[Reference, ...]:
    count, limit = len(references), abilities.most_references
    if count > limit:
        sentence = FEWER_REFERENCES if limit else NO_REFERENCES
        dropped.append(Dropped("references", sentence, {"count": count, "limit": limit}))
    return tuple(references[:limit])
