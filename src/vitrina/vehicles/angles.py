"""From where a car is seen: one row an angle. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vitrina.lib.sentences import gettext_noop


class BadgeSeen(StrEnum):
    """Where the badge of the brand stands in the picture."""

    FRONT = "front"  # the front badge of the model year, in full
    REAR = "rear"  # on the tailgate, often letters: its looks are not demanded
    HUB = "hub"  # small, on the cap of the wheel
    STEERING_WHEEL = "steering_wheel"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Angle:
    """`words`: English, for the prompt. `is_exterior`: the whole car is seen, so its body color can be checked.
    `width` × `height`: pixels; all angles have the same, for a model draws another car in another size."""

    id: str
    name: str
    words: str
    badge: BadgeSeen
    is_exterior: bool = True
    width: int = 1024
    height: int = 768


ANGLES: tuple[Angle, ...] = (
    Angle(
        "three_quarter_front",
        gettext_noop("three-quarter front"),
        "three-quarter front view from the left at eye level, the front and the left side of the car in sight, "
        "front wheels straight",
        BadgeSeen.FRONT,
    ),
    Angle(
        "front",
        gettext_noop("front"),
        "straight front view at headlight height, the car facing the camera, symmetrical",
        BadgeSeen.FRONT,
    ),
    Angle(
        "side",
        gettext_noop("left side"),
        "exact side view of the left side at door height, full length of the car in profile, nose to the left",
        BadgeSeen.NONE,
    ),
    Angle(
        "three_quarter_rear",
        gettext_noop("three-quarter rear"),
        "three-quarter rear view from the left at eye level, the back and the left side of the car in sight",
        BadgeSeen.REAR,
    ),
    Angle(
        "rear",
        gettext_noop("rear"),
        "straight rear view at tail-lamp height, the back of the car facing the camera, symmetrical",
        BadgeSeen.REAR,
    ),
    Angle(
        "side_right",
        gettext_noop("right side"),
        "exact side view of the right side at door height, full length of the car in profile, nose to the right",
        BadgeSeen.NONE,
    ),
    Angle(
        "interior",
        gettext_noop("interior"),
        "wide view of the cabin from the open driver's door, front chairs, center console and door trim in sight",
        BadgeSeen.STEERING_WHEEL,
        is_exterior=False,
    ),
    Angle(
        "dashboard",
        gettext_noop("dashboard"),
        "view of the dashboard from between the front chairs, steering wheel, instruments and center screen in sight",
        BadgeSeen.STEERING_WHEEL,
        is_exterior=False,
    ),
    Angle(
        "rear_seats",
        gettext_noop("rear seats"),
        "view of the rear bench through the open rear door, legroom and upholstery in sight",
        BadgeSeen.NONE,
        is_exterior=False,
    ),
    Angle(
        "trunk",
        gettext_noop("trunk"),
        "view into the open, empty luggage compartment from behind, tailgate raised",
        BadgeSeen.NONE,
        is_exterior=False,
    ),
    Angle(
        "wheel",
        gettext_noop("wheel"),
        "close view of the left front wheel from the side, rim, tire and a part of the fender in sight",
        BadgeSeen.HUB,
        is_exterior=False,
    ),
    Angle(
        "headlight",
        gettext_noop("headlight"),
        "close view of the left headlight, switched on, with the corner of the hood and the front fender",
        BadgeSeen.NONE,
        is_exterior=False,
    ),
    Angle(
        "engine_bay",
        gettext_noop("engine bay"),
        "view into the engine bay from above the front bumper, hood raised, everything clean",
        BadgeSeen.NONE,
        is_exterior=False,
    ),
)

# What a series is drawn of where nobody chose; and the one that the others follow.
USUAL = ("three_quarter_front", "front", "side", "three_quarter_rear", "rear", "interior")
ANCHOR = "three_quarter_front"


def angle(identity: str) -> Angle:
    """Raises KeyError for one that is not known."""
    return _BY_ID[identity]


def known(identity: str) -> bool:
    return identity in _BY_ID


def in_order(identities: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order of the table. Raises KeyError for one that is not known."""
    wanted = {angle(identity).id for identity in identities}
    return tuple(one.id for one in ANGLES if one.id in wanted)


_BY_ID = {one.id: one for one in ANGLES}
