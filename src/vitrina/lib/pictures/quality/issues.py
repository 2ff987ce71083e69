"""Every issue that a picture can have: its code, what it takes of 100, and its words. Pure.

`flaws` lists what was measured against what still passes; the thresholds were set on the tuning half of the drawn set
(`docs/pictures.md`), beginning from figures taken on 86 pictures of picture models and cameras.
"""

from __future__ import annotations

from vitrina.lib.pictures.quality.judged import Issue
from vitrina.lib.sentences import gettext_noop

NOT_A_PICTURE = "not_a_picture"
BROKEN = "broken"
PLACEHOLDER = "placeholder"
OTHER_KIND = "other_kind"
TINY_FILE = "tiny_file"
HUGE_FILE = "huge_file"
TOO_SMALL = "too_small"
OTHER_SIZE = "other_size"
UNIFORM = "uniform"
CUT_SHORT = "cut_short"
NO_DETAIL = "no_detail"
SOFT = "soft"
NOISE = "noise"
GRAIN = "grain"
REPEATED = "repeated"
BANDING = "banding"
BLOCKS = "blocks"
WORDS = "words"
WATERMARK = "watermark"
OTHER_COLOR = "other_color"

_PLACEHOLDER = gettext_noop(
    "The service answered with its placeholder, not with a picture of what was asked for."
)
_OTHER_KIND = gettext_noop("The service called the file %(told)s, and it is %(real)s.")
_TINY_FILE = gettext_noop(
    "The file has only %(kilobytes)s KB; a picture of this kind has at least %(least)s KB."
)
_HUGE_FILE = gettext_noop("The file has %(megabytes)s MB; more than %(most)s MB is slow to load.")
_TOO_SMALL = gettext_noop(
    "The picture has %(width)s × %(height)s pixels; the least are %(least)s × %(least)s."
)
_OTHER_SIZE = gettext_noop(
    "%(width)s × %(height)s pixels came where %(asked_width)s × %(asked_height)s were asked for."
)
_UNIFORM = gettext_noop("The picture is nearly one colour: nothing is to be seen on it.")
_CUT_SHORT = gettext_noop(
    "The lower %(percent)s %% of the picture are one flat grey: the file was cut short."
)
_NO_DETAIL = gettext_noop("Nothing in the picture has an edge: it is blurred away or only a gradient.")
_SOFT = gettext_noop("The picture is out of focus.")
_NOISE = gettext_noop("The picture is noise.")
_GRAIN = gettext_noop("The picture is grainy.")
_REPEATED = gettext_noop("The same piece is repeated over the whole picture.")
_BANDING = gettext_noop("Colours change in steps where they should flow (banding).")
_BLOCKS = gettext_noop("Squares of a too strong compression are to be seen.")
_WORDS = gettext_noop("There seem to be words on the picture.")
_WATERMARK = gettext_noop("There seems to be a watermark over the picture.")
_OTHER_COLOR = gettext_noop("The subject is %(found)s where %(asked)s was asked for.")


def not_a_picture(sentence: str, values: dict[str, str | int]) -> Issue:
    return Issue(NOT_A_PICTURE, 60, sentence, values, spoils=True)


def broken(sentence: str, values: dict[str, str | int]) -> Issue:
    return Issue(BROKEN, 60, sentence, values, spoils=True)


def placeholder() -> Issue:
    return Issue(PLACEHOLDER, 100, _PLACEHOLDER, spoils=True)


def other_kind(told: str, real: str) -> Issue:
    return Issue(OTHER_KIND, 5, _OTHER_KIND, {"told": told, "real": real})


def tiny_file(kilobytes: int, least: int) -> Issue:
    return Issue(TINY_FILE, 50, _TINY_FILE, {"kilobytes": kilobytes, "least": least})


def huge_file(megabytes: int, most: int) -> Issue:
    return Issue(HUGE_FILE, 10, _HUGE_FILE, {"megabytes": megabytes, "most": most})


def too_small(width: int, height: int, least: int) -> Issue:
    return Issue(TOO_SMALL, 30, _TOO_SMALL, {"width": width, "height": height, "least": least})


def other_size(width: int, height: int, asked: tuple[int, int]) -> Issue:
    values = {"width": width, "height": height, "asked_width": asked[0], "asked_height": asked[1]}
    return Issue(OTHER_SIZE, 15, _OTHER_SIZE, values)


def uniform() -> Issue:
    return Issue(UNIFORM, 40, _UNIFORM, spoils=True)


def cut_short(percent: int) -> Issue:
    return Issue(CUT_SHORT, 60, _CUT_SHORT, {"percent": percent}, spoils=True)


def no_detail() -> Issue:
    return Issue(NO_DETAIL, 40, _NO_DETAIL, spoils=True)


def soft() -> Issue:
    return Issue(SOFT, 20, _SOFT)


def noise() -> Issue:
    return Issue(NOISE, 20, _NOISE, spoils=True)


def grain() -> Issue:
    return Issue(GRAIN, 15, _GRAIN)


def repeated() -> Issue:
    return Issue(REPEATED, 20, _REPEATED, spoils=True)


def banding() -> Issue:
    return Issue(BANDING, 20, _BANDING)


def blocks() -> Issue:
    return Issue(BLOCKS, 20, _BLOCKS)


def words() -> Issue:
    return Issue(WORDS, 20, _WORDS)


def watermark() -> Issue:
    return Issue(WATERMARK, 20, _WATERMARK)


def other_color(found: str, asked: str) -> Issue:
    """Both "#rrggbb"."""
    return Issue(OTHER_COLOR, 25, _OTHER_COLOR, {"found": found, "asked": asked})
