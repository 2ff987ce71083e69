"""What goes wrong at a supplier's site beside what FetchError says.

ChannelError
└── WebTrouble
    ├── SignInAsked     the page asks for a name and a password
    ├── RobotsForbid    robots.txt of the site doesn't let us ask
    ├── NothingMarked   the page shows no product in a form that programs read
    └── NoSiteMap       there is none, or it names no page
"""

from __future__ import annotations

from vitrina.channels.errors import ChannelError


class WebTrouble(ChannelError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, permanent=True)


class SignInAsked(WebTrouble):
    pass


class RobotsForbid(WebTrouble):
    pass


class NothingMarked(WebTrouble):
    pass


class NoSiteMap(WebTrouble):
    pass
