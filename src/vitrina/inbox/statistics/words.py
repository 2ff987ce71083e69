"""What the statistics call things, for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.intent import Intent
from vitrina.inbox.statistics.models import Outcome

INTENTS: dict[str, Any] = {
    Intent.DEFECT: pgettext_lazy("an intent", "defect"),
    Intent.WRONG_ITEM: pgettext_lazy("an intent", "wrong item"),
    Intent.PRE_PURCHASE: pgettext_lazy("an intent", "before a purchase"),
    Intent.DELIVERY: pgettext_lazy("an intent", "delivery"),
    Intent.SIZING: pgettext_lazy("an intent", "size"),
    Intent.REFUND: pgettext_lazy("an intent", "refund"),
    Intent.USAGE: pgettext_lazy("an intent", "use and care"),
    Intent.THANKS: pgettext_lazy("an intent", "thanks"),
    Intent.COMPLAINT: pgettext_lazy("an intent", "complaint"),
    Intent.SPAM: pgettext_lazy("an intent", "spam"),
    Intent.OTHER: pgettext_lazy("an intent", "something else"),
}
KINDS: dict[str, Any] = {
    Kind.REVIEW: _("Reviews"),
    Kind.QUESTION: _("Questions"),
    Kind.CHAT: _("Chats"),
}
OUTCOMES: dict[str, Any] = {
    Outcome.BY_MODEL: _("by a model"),
    Outcome.FROM_CACHE: _("from the cache"),
    Outcome.OFFLINE: _("offline"),
    Outcome.FAILED: _("no model could"),
}
