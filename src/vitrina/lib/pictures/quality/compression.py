"""What saving with too few bits or too few tones leaves. Pure; both look at pixels that were not resized."""

from __future__ import annotations

from statistics import median

from PIL import Image, ImageChops

from vitrina.lib.pictures.quality.tones import below

TIMES, SHARE = 2.3, 0.55  # of the steps between
_BLOCK = 8  # pixels a side of a square that JPEG codes by itself
_LEAST_TONES = 24  # between the first and the last hundredth: with fewer there is nothing to count


def missing_tones(native: Image.Image) -> float | None:
    """0 … 1: share of the tones between the darkest and the lightest that no pixel has, in the middle one of the channels.

    None where the channels have too few tones anyway. `native`: RGB.
    """
    found = []
    for channel in native.split():
        counts = channel.histogram()
        first, last = below(counts, 0.01), below(counts, 0.99)
        if last - first >= _LEAST_TONES:
            found.append(counts[first : last + 1].count(0) / (last - first + 1))
    return median(found) if found else None


def block_borders(native: Image.Image) -> float:
    """How plainly every eighth step is higher than those between; from 1 on squares are to be seen. `native`: «L».

    Both have to hold: times as high, which a smooth sky reaches by a fraction of a tone, and higher by so many tones and a share,
    which a striped cloth reaches.
    """
    return max(_highest_phase(native), _highest_phase(native.transpose(Image.Transpose.TRANSPOSE)))


def _highest_phase(native: Image.Image) -> float:
    width, height = native.size
    if width < 4 * _BLOCK:
        return 0.0
    steps = ImageChops.difference(native.crop((0, 0, width - 1, height)), native.crop((1, 0, width, height)))
    line = steps.convert("F").resize((width - 1, 1), Image.Resampling.BOX)
    columns = memoryview(line.tobytes()).cast("f").tolist()
    phases = [sum(columns[at::_BLOCK]) / len(columns[at::_BLOCK]) for at in range(_BLOCK)]
    usual = median(phases)
    times = max(phases) / max(0.05, usual)
    share = (max(phases) - usual) / (usual + 1)
    return min(times / TIMES, share / SHARE)
