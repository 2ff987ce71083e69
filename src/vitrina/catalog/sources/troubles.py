"""Why a look came to nothing: one word for programs, and for people what to do about it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.catalog.sources.connected import SwitchedOff
from vitrina.channels import errors
from vitrina.channels.errors import ChannelError
from vitrina.channels.web import troubles as web
from vitrina.lib.feeds import NotAFeed
from vitrina.lib.guard import FetchError, FetchRefused

EMPTY, SHRANK, ALL_BROKEN, CIRCLE, LEFT = "empty", "shrank", "all_broken", "circle", "left"
# A person may say of these: take it anyway.
DOUBTS = frozenset({EMPTY, SHRANK})

# The first that fits, from the narrow to the wide.
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (web.SignInAsked, "sign_in"),
    (web.RobotsForbid, "robots"),
    (web.NothingMarked, "no_markup"),
    (web.NoSiteMap, "no_site_map"),
    (SwitchedOff, "switched_off"),
    (errors.CredentialsRefused, "credentials"),
    (errors.NotOpen, "not_open"),
    (errors.AnotherShop, "another_shop"),
    (errors.NotThere, "not_there"),
    (errors.Unreadable, "unreadable"),
    (ChannelError, "unavailable"),
    (NotAFeed, "not_a_feed"),
    (FetchRefused, "closed_address"),
)

NAMES: dict[str, Any] = {
    "sign_in": _("It asks for a name and a password"),
    "robots": _("Its robots.txt doesn't let programs in"),
    "no_markup": _("No product that programs can read"),
    "no_site_map": _("No site map"),
    "switched_off": _("The connection is switched off"),
    "credentials": _("The key is refused"),
    "not_open": _("The key's rights or the plan don't cover products"),
    "another_shop": _("The key is of another shop"),
    "not_there": _("It is not there"),
    "unreadable": _("An answer that can't be understood"),
    "unavailable": _("It does not answer"),
    "not_a_feed": _("It is no feed"),
    "closed_address": _("The address may not be fetched"),
    "not_fetched": _("It is not there, or not to be had"),
    EMPTY: _("Suddenly empty"),
    SHRANK: _("Suddenly little"),
    ALL_BROKEN: _("Nothing could be read"),
    CIRCLE: _("Pages lead in a circle"),
    LEFT: _("It broke off"),
}  # fmt: skip

WHAT_TO_DO: dict[str, Any] = {
    "sign_in": _("Give an address that opens without a name and a password, or ask the supplier for a feed."),
    "robots": _("Ask the supplier for a feed, or to let Vitrina in by the site's robots.txt."),
    "no_markup": _(
        "The page shows its products to people alone. Ask the supplier for a feed, or for schema.org in its pages."
    ),
    "no_site_map": _("Give the address of the site map itself, or of a single page."),
    "switched_off": _("Switch the connection on, or connect the place anew, in the settings."),
    "credentials": _("Give the key of this connection anew, in the settings."),
    "not_open": _("Make a key with the right for it, or take the plan that includes it."),
    "another_shop": _("Give the key of the shop that this source was made for, or make another source."),
    "not_there": _("Look whether the address is still right."),
    "unreadable": _("Nothing to do: the next look tries again. If it stays so, ask the place what changed."),
    "unavailable": _("Nothing to do: the next look tries again."),
    "not_a_feed": _("Open the address in a browser: it should give the feed itself, without signing in."),
    "closed_address": _("Give a public address; one inside your network must be allowed by whoever runs Vitrina."),
    "not_fetched": _("Look whether the address is still right."),
    EMPTY: _("If the supplier really has nothing left, take it anyway. Products that you have stay as they are."),
    SHRANK: _("If the supplier really lists so few now, take it anyway. Products that are gone from it stay."),
    ALL_BROKEN: _("Look at the reasons below; the supplier may have changed how its products are written."),
    CIRCLE: _("Nothing to do: the next look tries again."),
    LEFT: _("Look again: it goes on where it stopped."),
}  # fmt: skip


def kind_of(error: Exception) -> str:
    """A key of WHAT_TO_DO."""
    if isinstance(error, FetchError) and not isinstance(error, FetchRefused):
        if error.status in (401, 403):
            return "sign_in"
        return "not_fetched" if error.permanent else "unavailable"
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), "unavailable")


def may_pass(error: Exception) -> bool:
    """Whether asking again soon is worth it."""
    return isinstance(error, ChannelError | FetchError) and not error.permanent


def retry_after(error: Exception) -> float | None:
    """Seconds that the other side asked to wait."""
    return error.retry_after if isinstance(error, ChannelError | FetchError) else None
