"""What goes wrong at a marketplace. `permanent`: trying again changes nothing. `retry_after`: seconds.

ChannelError
├── CredentialsRefused   the key is wrong, expired or withdrawn
├── NotOpen              the plan or the key's rights don't cover this; a state of the channel, no fault
├── Throttled            too many requests; `retry_after` says when
├── Refused              the marketplace won't take this, and says why
├── NotThere             there is no such review, question or chat
├── AnotherShop          the credentials are of another shop than the one that was read with them
├── Unavailable          no answer, or one that says «later»; nothing was changed there
├── Unreadable           an answer that nobody understands
└── InDoubt              something was sent and no answer came: it may have arrived

All but InDoubt say that nothing happened at the other side, which is what an effect wants to know (jobs/effects.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from vitrina.channels.cards import FieldRefused

LATER_SECONDS = 30.0


class ChannelError(Exception):
    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.retry_after = retry_after
        self.status = status


class CredentialsRefused(ChannelError):
    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence, permanent=True, status=status)


class NotOpen(ChannelError):
    """`needs`: the plan's or right's own name; `is_plan`: it can be bought, else the key must be made anew."""

    def __init__(self, sentence: str, *, needs: str, is_plan: bool, status: int | None = None) -> None:
        super().__init__(sentence, permanent=True, status=status)
        self.needs = needs
        self.is_plan = is_plan


class Throttled(ChannelError):
    def __init__(self, sentence: str, *, retry_after: float, status: int | None = None) -> None:
        super().__init__(sentence, retry_after=max(retry_after, 0.05), status=status)


class Refused(ChannelError):
    """`cards`: of a request with several, those that it was refused for, by article, with the marketplace's words; empty
    where it doesn't say which."""

    def __init__(
        self,
        sentence: str,
        *,
        status: int | None = None,
        cards: Mapping[str, tuple[FieldRefused, ...]] | None = None,
    ) -> None:
        super().__init__(sentence, permanent=True, status=status)
        self.cards = dict(cards or {})


class NotThere(ChannelError):
    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence, permanent=True, status=status)


class AnotherShop(ChannelError):
    """`shop`: whose the credentials are now."""

    def __init__(self, sentence: str, *, shop: str) -> None:
        super().__init__(sentence, permanent=True)
        self.shop = shop


class Unavailable(ChannelError):
    def __init__(
        self, sentence: str, *, retry_after: float = LATER_SECONDS, status: int | None = None
    ) -> None:
        super().__init__(sentence, retry_after=retry_after, status=status)


class Unreadable(ChannelError):
    def __init__(self, sentence: str, *, status: int | None = None) -> None:
        super().__init__(sentence, retry_after=LATER_SECONDS, status=status)


class InDoubt(ChannelError):
    """Neither permanent nor with a time to retry: whether it arrived must be looked up first."""
