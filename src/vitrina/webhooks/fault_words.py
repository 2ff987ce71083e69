"""What went wrong with a try, in the reader's language. The log keeps the sentence as it was written, in English."""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

from vitrina.webhooks.models import Try

_SENTENCES = [
    (
        re.compile(r"«(?P<host>.+)» did not answer fully within (?P<seconds>[\d.]+) seconds\."),
        gettext_noop(
            "«%(host)s» did not answer within %(seconds)s s. Whether it took the event is not known."
        ),
    ),
    (
        re.compile(r"«(?P<host>.+)» refused the connection\."),
        gettext_noop("«%(host)s» refused the connection: nothing listens at this port."),
    ),
    (
        re.compile(r"The connection to «(?P<host>.+)» failed or broke off\."),
        gettext_noop("The connection to «%(host)s» failed or broke off."),
    ),
    (
        re.compile(r"The name «(?P<host>.+)» (cannot be found|was not resolved in time)\."),
        gettext_noop("The name «%(host)s» can't be found. Is the address written rightly?"),
    ),
    (
        re.compile(r"The certificate of «(?P<host>.+?)» cannot be trusted: (?P<why>.+)\."),
        gettext_noop("The certificate of «%(host)s» can't be trusted: %(why)s."),
    ),
    (
        re.compile(r"No secure connection to «(?P<host>.+)» could be made\."),
        gettext_noop("No secure connection to «%(host)s» could be made."),
    ),
    (
        re.compile(r"«(?P<host>.+)» stands for a private or reserved address; it is not fetched\."),
        gettext_noop(
            "«%(host)s» stands for an address inside a private network; nothing was sent. The operator can allow it."
        ),
    ),
    (
        re.compile(r"«(?P<host>.+)» answered with something that is not HTTP, or broke off\."),
        gettext_noop("«%(host)s» answered with something that is not HTTP."),
    ),
    (
        re.compile(r"The secret of this endpoint can't be opened.*"),
        gettext_noop(
            "The secret of this endpoint can't be opened, so nothing was sent. Give it a new secret."
        ),
    ),
]


def fault_of(one: Try) -> str:
    """Empty where the try did well."""
    if one.ended_at is None:
        return gettext(
            "No end was seen: it is under way, or its worker was stopped meanwhile. The event is sent again."
        )
    if one.status is not None:
        if 200 <= one.status < 300:
            return ""
        if 300 <= one.status < 400:
            return gettext("It answered with a redirect, which is not followed. Give the final address.")
        if one.status == 410:
            return gettext("It answered 410: the receiver is gone. The endpoint was switched off.")
        return gettext("It did not take the event.")
    for pattern, sentence in _SENTENCES:
        found = pattern.fullmatch(one.error)
        if found:
            return gettext(sentence) % found.groupdict()
    return one.error
