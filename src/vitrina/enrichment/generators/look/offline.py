"""What the pixels say by themselves: the colours, by name. Everything else is left unsaid."""

from __future__ import annotations

from vitrina.enrichment.generators.look.schema import LookInput, LookOutput, SeenColour
from vitrina.lib.pictures.colors import color

LEAST_SHARE = 0.12  # of the subject; less is a button, a shadow or a reflection
MOST_COLOURS = 5


def look(given: LookInput) -> LookOutput:
    """The colours of all pictures, each from the picture where it takes the largest share, the largest first."""
    best: dict[str, tuple[float, SeenColour]] = {}
    for picture in given.pictures:
        for seen in picture.colours:
            known = best.get(seen.name)
            if seen.share < LEAST_SHARE or (known is not None and known[0] >= seen.share):
                continue
            name = color(seen.name).name(given.language)
            best[seen.name] = seen.share, SeenColour(name=name, hex=seen.hex, picture=picture.number)
    ranked = sorted(best.values(), key=lambda entry: -entry[0])
    return LookOutput(colours=[colour for _, colour in ranked[:MOST_COLOURS]])
