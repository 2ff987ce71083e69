"""How the studio writes numbers, times, states and icons."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from vitrina.console.bulk_words import OUTCOMES
from vitrina.lib.html import sanitise
from vitrina.lib.money import SIGNS

register = template.Library()

SPRITE = "vendor/lucide-1.62.0/sprite.svg"
UNKNOWN = "—"
# Kinds of jobs as people know them; one without a name is shown by its code.
KINDS = {
    "catalog.fetch": _l("Fetching a feed"),
    "catalog.trial": _l("Dry run of an import"),
    "catalog.import": _l("Import"),
    "catalog.check": _l("Check of an export"),
    "catalog.export": pgettext_lazy("navigation", "Export"),
    "catalog.push_check": _l("Check of a push"),
    "catalog.push_send": _l("Bringing cards to a marketplace"),
    "catalog.push_confirm": _l("Looking cards up at a marketplace"),
    "catalog.marketplace_tree": _l("Reading a marketplace's tree"),
    "catalog.marketplace_trees": _l("Trees of marketplaces whose time has come"),
    "enrichment.place": _l("Finding places at a marketplace"),
    "catalog.tree": _l("Tree of categories"),
    "catalog.tree_file": _l("Letting a file go"),
    "catalog.fetch_pictures": _l("Pictures of products"),
    "catalog.unseen_pictures": _l("Letting pictures go that nobody shows"),
    "catalog.forgotten_pictures": _l("Ask for pictures that still wait"),
    "catalog.tidy": _l("Tidying the files"),
    "books.read": _l("Reading a book"),
    "books.illustrate": _l("Illustrating a chapter"),
    "books.refine": _l("Ranking a chapter's passages"),
    "books.portraits": _l("Looks of people and places"),
    "enrichment.run": _l("Run"),
    "enrichment.arrived": _l("A product arrived"),
    "enrichment.imported": _l("After an import"),
    "enrichment.template_trial": _l("Trial of a template"),
    "enrichment.batch": _l("Batch of runs"),
    "enrichment.bulk": _l("Many products"),
    "enrichment.bulk_part": _l("A portion of products"),
    "enrichment.repeats": _l("Failed runs again"),
    "enrichment.approvals": _l("Approving many"),
    "enrichment.approval": _l("Approval"),
    "enrichment.uncategorised": _l("Products without a category"),
    "enrichment.undescribed": _l("Products without a text"),
    "enrichment.failed_again": _l("Failed runs again"),
    "enrichment.clean_up": _l("Clearing old runs"),
    "enrichment.abandoned": _l("Abandoned runs"),
    "enrichment.tally": _l("Counting the days that are over"),
    "imagery.draw": _l("Drawing a picture"),
    "imagery.abandoned": _l("Abandoned pictures"),
    "imagery.strays": _l("Letting files of pictures go that nobody kept"),
    "jobs.clean_up": _l("Clearing old jobs"),
    "jobs.statistics": _l("Statistics of the database"),
    "catalog.abandoned": _l("Abandoned imports and exports"),
    "catalog.look": _l("Look at a source"),
    "catalog.sources": _l("Sources whose time has come"),
    "catalog.clear_looks": _l("Clearing old looks at sources"),
    "rest.forget_keys": _l("Clearing old keys of requests"),
    "engine.clean_up": _l("Clearing old calls"),
    "engine.tally": _l("Counting the calls"),
    "inbox.sync": _l("Reading a marketplace"),
    "inbox.sync_all": _l("Reading all marketplaces"),
    "inbox.clean_up": _l("Clearing old figures of the inbox"),
    "inbox.round": _l("Drafting answers"),
    "inbox.sweep": _l("Drafts that no reading set off"),
    "inbox.draft": _l("Drafting an answer"),
    "inbox.send": _l("Sending an answer"),
    "inbox.confirm": _l("Looking an answer up"),
    "channels.probe": _l("Asking a marketplace what is open"),
    "channels.probe_all": _l("Asking all marketplaces what is open"),
    "webhooks.deliver": _l("Sending news"),
    "webhooks.clean_up": _l("Clearing old news"),
    "webhooks.sweep": _l("Sending news again"),
    "jobs.retry_all": _l("Failed jobs again"),
    "jobs.drop_all": _l("Dropping failed jobs"),
    "retrieval.embed": _l("Computing vectors"),
    "catalog.duplicates": _l("Looking for duplicates"),
    "engine.repeat": _l("Asking a model once more"),
    "engine.try": _l("Trial of a route"),
    "engine.models": _l("Asking a provider for its models"),
    "inbox.learn": _l("Taking answers into the library"),
    "inbox.auto_send": _l("Sending by a rule"),
}
# State → tone, for runs, jobs, imports, exports and moderation alike. A state not named here is idle.
TONES = {
    "completed": "ok",
    "approved": "ok",
    "done": "ok",
    "pending": "idle",
    "queued": "idle",
    "waiting": "idle",
    "processing": "run",
    "generating": "run",
    "running": "run",
    "moderation": "wait",
    "check": "wait",
    "paused": "wait",
    "failed": "bad",
    "dead": "bad",
    "rejected": "bad",
    "confirmed": "ok",
    "same": "ok",
    "sending": "run",
    "sent": "run",
    "checking": "run",
    "held": "wait",
    "doubt": "wait",
}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static(SPRITE), name)


@register.simple_tag
def chip(state: str, label: str) -> SafeString:
    return _chip(TONES.get(state, "idle"), str(label))


# What a list says fifty times over is made once: a state, an amount, a minute.
@lru_cache(maxsize=512)
def _chip(tone: str, label: str) -> SafeString:
    return format_html('<span class="chip {}">{}</span>', tone, label)


@register.simple_tag
def options(choices: Iterable[Any], chosen: Any = "") -> SafeString:
    """The options of a select. `choices`: pairs of value and words, or rows that have a name."""
    pairs = (one if isinstance(one, tuple) else (one.pk, one.name) for one in choices)
    worn = str(chosen)
    return SafeString(
        "".join(
            f'<option value="{html.escape(value)}"{" selected" if value == worn else ""}>{html.escape(words)}</option>'
            for value, words in ((str(value), str(words)) for value, words in pairs)
        )
    )


@register.filter
def number(value: Any) -> str:
    if type(value) is int and 0 <= value < 1000:
        return str(value)
    return UNKNOWN if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.simple_tag
def cells(values: Iterable[int]) -> SafeString:
    """A row of numbers in a table that a chart is drawn from; written at once, for there are hundreds."""
    return SafeString(
        "".join(f'<td class="num" data-value="{value}">{number(value)}</td>' for value in values)
    )


@register.filter
def upto(value: int, most: int) -> str:
    """A number that was counted no further than `most`."""
    return f"{number(most)}+" if value > most else number(value)


@register.filter
def shortened(text: str, most: int) -> str:
    """As `truncatechars`, which walks through a short text, too."""
    return text if len(text) <= most else Truncator(text).chars(most)


@register.filter
def unlocal(value: Any) -> str:
    """A number for a program: with a point, without grouping. Empty where it is unknown."""
    return "" if value is None else f"{value}"


@register.filter
def money(value: Decimal | None, currency: str = "") -> str:
    """«2 490 ₽»: kopecks only where there are some."""
    if value is None:
        return UNKNOWN
    places = 0 if value == value.to_integral_value() else 2
    amount = _amount(value, places, get_language(), is_grouped=True)
    return f"{amount}\N{NO-BREAK SPACE}{SIGNS.get(currency, currency)}".rstrip()


@register.filter
def cost(value: Decimal | float | None) -> str:
    """USD, as many places as a small amount needs; unknown is a dash, free is 0."""
    if value is None:
        return UNKNOWN
    value = Decimal(value)
    places = 0 if value == 0 else 2 if value >= 1 else 4 if value >= Decimal("0.01") else 6
    return f"${_amount(value, places, get_language(), is_grouped=False)}"


@lru_cache(maxsize=2048)
def _amount(value: Decimal, places: int, _language: str | None, *, is_grouped: bool) -> str:
    return formats.number_format(value, decimal_pos=places, use_l10n=True, force_grouping=is_grouped)


@register.filter
def percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value * 100:.0f}\N{NO-BREAK SPACE}%"


@register.filter
def duration(seconds: float | None) -> str:
    """«4 min 10 s»: the two biggest units."""
    if seconds is None:
        return UNKNOWN
    if 0 < seconds < 0.1:
        return _("%(milliseconds)s ms") % {"milliseconds": max(1, round(seconds * 1000))}
    whole = round(seconds)
    if seconds < 10 and seconds != whole:
        return _("%(seconds)s s") % {"seconds": formats.number_format(seconds, decimal_pos=1, use_l10n=True)}
    minutes, left = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes_left}
    if minutes and not left:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": left}
    return _("%(seconds)s s") % {"seconds": left}


@register.filter
def age(at: datetime | None) -> str:
    """How long ago, to the minute; days from two on."""
    if at is None:
        return UNKNOWN
    seconds = max(0.0, (timezone.now() - at).total_seconds())
    days = int(seconds // 86_400)
    if days >= 2:
        return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}
    return duration(seconds // 60 * 60 if seconds >= 60 else round(seconds))


@register.filter
def milliseconds(value: int | None) -> str:
    return UNKNOWN if value is None else duration(value / 1000)


@register.filter
def quickness(milliseconds: float | None) -> str:
    """A time that is held against a tenth of a second: in milliseconds below one."""
    if milliseconds is None or milliseconds >= 1000:
        return duration(None if milliseconds is None else milliseconds / 1000)
    return _("%(milliseconds)s ms") % {"milliseconds": max(1, round(milliseconds))}


@register.simple_tag
def moment(at: datetime | None) -> SafeString | str:
    """A time of today, else a date; the whole of it on pointing."""
    if at is None:
        return UNKNOWN
    local, today = timezone.localtime(at), timezone.localtime()
    near = "day" if local.date() == today.date() else "year" if local.year == today.year else ""
    shown, whole = _minute(local.replace(second=0, microsecond=0, tzinfo=None), near, get_language())
    return SafeString(
        f'<time class="num" datetime="{local.isoformat(timespec="seconds")}" title="{whole}">{shown}</time>'
    )


@lru_cache(maxsize=2048)
def _minute(local: datetime, near: str, _language: str | None) -> tuple[str, str]:
    """How a minute is said, short and whole; no language says seconds."""
    if near == "day":
        shown = formats.date_format(local, "H:i")
    else:
        shown = small(formats.date_format(local, "j b, H:i" if near == "year" else "j b Y"))
    return escape(shown), escape(formats.date_format(local, "DATETIME_FORMAT"))


@register.simple_tag
def day(at: datetime) -> SafeString:
    """«27 ноября»: the day alone, where an hour would claim too much; the whole of it on pointing."""
    local = timezone.localtime(at)
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        formats.date_format(local, "DATETIME_FORMAT"),
        small(formats.date_format(local, "j E")),
    )


@register.simple_tag
def long_date(at: datetime) -> str:
    """«21 ноября, суббота», «21 November, Saturday»."""
    return small(formats.date_format(at, "j E, l"))


def small(date: str) -> str:
    """Russian writes months and days small; Django's catalogue has them with a capital."""
    return date.lower() if get_language() == "ru" else date


VERDICTS = {
    "ok": ("ok", _l("answers")),
    "shaky": ("wait", _l("fails at times")),
    "down": ("bad", _l("does not answer")),
    "quiet": ("idle", _l("not called lately")),
}


@register.simple_tag
def verdict(name: str) -> SafeString:
    """How a model does, by `engine.health`."""
    tone, words = VERDICTS[name]
    return format_html('<span class="chip {}">{}</span>', tone, words)


@register.simple_tag
def confidence(value: float | None) -> SafeString:
    """A bar and a number; unknown says so and is never drawn as high."""
    if value is None:
        return format_html('<span class="muted small">{}</span>', _("not known"))
    return _confidence(value)


@lru_cache(maxsize=1024)
def _confidence(value: float) -> SafeString:
    return format_html(
        '<span class="confidence"><meter min="0" max="1" low="0.5" high="0.75" optimum="1" value="{}"></meter>{}</span>',
        f"{value:.3f}",
        percent(value),
    )


@register.filter
def clean_html(text: str) -> SafeString:
    """Text with the few tags that a card may have. Whatever else came from a feed or a model is taken off."""
    return SafeString(sanitise(text))


@register.simple_tag
def total(values: Any) -> str:
    """The sum of a dictionary's values."""
    return number(sum(values))


@register.filter
def pretty(value: Any) -> str:
    """JSON for reading; the template escapes it like any other text."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)


@register.filter
def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


@register.filter
def job_name(job: Any) -> str:
    """«Import: mayak.yml»."""
    kind = str(KINDS.get(job.kind, job.kind))
    return f"{kind}: {job.title}" if job.title else kind


@register.filter
def outcomes(result: Any) -> list[tuple[str, Any, int]]:
    """What became of the products of a batch: code, words, how many; empty for results of another kind."""
    counted = result.get("outcome") if isinstance(result, dict) else None
    if not isinstance(counted, dict):
        return []
    return [(code, words, counted[code]) for code, words in OUTCOMES.items() if counted.get(code)]
