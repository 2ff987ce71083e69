"""How the inbox is doing, for programs: the numbers of its page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.channels.ports import Kind
from vitrina.inbox.priority import Priority
from vitrina.inbox.statistics.asking import Wanted
from vitrina.inbox.statistics.figures import Day, Drafts, Figures, Reception, Times, Work
from vitrina.inbox.statistics.models import Clock
from vitrina.inbox.statistics.period import MOST_DAYS
from vitrina.inbox.statistics.reading import read
from vitrina.inbox.statistics.tallying import day_of
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Id, Shown, Whole

EARLIEST = date(2000, 1, 1)


class InteractionsStatsAsked(Given):
    days = Whole(
        required=False, min_value=1, max_value=MOST_DAYS, help_text=_("Back from today, this day included.")
    )
    since = serializers.DateField(
        required=False, help_text=_("A day of the installation's zone; in place of `days`.")
    )
    until = serializers.DateField(
        required=False, help_text=_("The last day, included; today where it is missing.")
    )
    seller = Id(required=False)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What the page bends into shape is refused here: nothing is left out in silence."""
        if "since" not in asked:
            if "until" in asked:
                raise serializers.ValidationError({"until": [_("Say `since` beside it.")]})
            return asked
        if "days" in asked:
            raise serializers.ValidationError({"days": [_("Either this or `since`, not both.")]})
        today = day_of(timezone.now())
        since, until = asked["since"], asked.get("until", today)
        if not EARLIEST <= since <= min(until, today):
            raise serializers.ValidationError(
                {"since": [_("It must lie before `until`, not ahead of today, and in this century.")]}
            )
        if (min(until, today) - since).days >= MOST_DAYS:
            words = _("At most {most} days at once: ask for the rest in another request.")
            raise serializers.ValidationError({"since": [format_lazy(words, most=MOST_DAYS)]})
        return asked


class WorkShown(Shown):
    arrived = serializers.IntegerField(help_text=_("Words of buyers that want an answer."))
    visited = serializers.IntegerField(
        help_text=_("Opened by a person, without those that a person must write.")
    )
    ready = serializers.IntegerField(help_text=_("Of the visited: a draft that held stood ready."))
    ready_share = serializers.FloatField(allow_null=True)
    answered = serializers.IntegerField()
    due = serializers.IntegerField(help_text=_("Answers to what had a time to be answered by."))
    in_time = serializers.IntegerField()
    in_time_share = serializers.FloatField(allow_null=True)


class PriorityWorkShown(WorkShown):
    priority = serializers.ChoiceField([priority.word for priority in Priority])


class ChannelWorkShown(WorkShown):
    platform = serializers.CharField()
    kind = serializers.ChoiceField([kind.value for kind in Kind])


class DraftsShown(Shown):
    by_model = serializers.IntegerField()
    from_cache = serializers.IntegerField()
    offline = serializers.IntegerField()
    failed = serializers.IntegerField(help_text=_("No model could: the offline generator's stands in."))
    cost_usd = serializers.DecimalField(max_digits=14, decimal_places=6)
    unpriced = serializers.IntegerField(
        help_text=_("Drafts whose price is unknown; the cost leaves them out.")
    )


class ReceptionShown(Shown):
    as_it_was = serializers.IntegerField(help_text=_("Sent without a word changed."))
    edited = serializers.IntegerField()
    discarded = serializers.IntegerField(help_text=_("Less than a quarter of its words was kept."))
    accepted_share = serializers.FloatField(allow_null=True)
    mean_words_changed = serializers.FloatField(allow_null=True, help_text=_("Of the edited ones."))
    mean_share_changed = serializers.FloatField(allow_null=True, help_text=_("Of the edited ones."))


class IntentReceptionShown(ReceptionShown):
    intent = serializers.CharField()


class PromptReceptionShown(ReceptionShown):
    prompt_version = serializers.CharField(allow_blank=True, help_text=_("Empty: by the offline generator."))


class TimesShown(Shown):
    count = serializers.IntegerField()
    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)


class AllTimesShown(Shown):
    drafting_ms = TimesShown(help_text=_("A model's draft."))
    shown_ms = TimesShown(help_text=_("From the click to the draft that stood ready, measured in browsers."))
    awaited_ms = TimesShown(help_text=_("From the click to a draft that was made meanwhile."))
    handling_seconds = TimesShown(help_text=_("From the first visit to the answer."))


class DayShown(Shown):
    day = serializers.DateField()
    arrived = serializers.DictField(child=serializers.IntegerField(), help_text=_("By kind."))
    answered = serializers.DictField(child=serializers.IntegerField(), help_text=_("By kind."))
    drafts = DraftsShown()


class InteractionsStatsShown(Shown):
    since = serializers.DateField()
    until = serializers.DateField()
    work = WorkShown()
    pressing = WorkShown(help_text=_("Urgent and high ones alone."))
    drafts = DraftsShown()
    reception = ReceptionShown()
    times = AllTimesShown()
    by_priority = PriorityWorkShown(many=True)
    by_channel = ChannelWorkShown(many=True)
    by_intent = IntentReceptionShown(many=True)
    by_prompt = PromptReceptionShown(many=True)
    by_day = DayShown(many=True, help_text=_("Every day of the time, the oldest first."))


WORK = {
    "arrived": 120, "visited": 90, "ready": 81, "ready_share": 0.9, "answered": 88, "due": 88, "in_time": 80,
    "in_time_share": 0.9091,
}  # fmt: skip
DRAFTS = {"by_model": 96, "from_cache": 4, "offline": 18, "failed": 2, "cost_usd": "0.061200", "unpriced": 0}
RECEPTION = {
    "as_it_was": 52, "edited": 28, "discarded": 8, "accepted_share": 0.5909, "mean_words_changed": 4.5,
    "mean_share_changed": 0.13,
}  # fmt: skip
STATS = {
    "since": "2026-03-01",
    "until": "2026-03-01",
    "work": WORK,
    "pressing": WORK,
    "drafts": DRAFTS,
    "reception": RECEPTION,
    "times": {
        "drafting_ms": {"count": 96, "p50": 1840.0, "p95": 4105.0},
        "shown_ms": {"count": 81, "p50": 62.0, "p95": 88.0},
        "awaited_ms": {"count": 9, "p50": 2310.0, "p95": 5020.0},
        "handling_seconds": {"count": 88, "p50": 74.0, "p95": 240.0},
    },
    "by_priority": [{"priority": "urgent"} | WORK],
    "by_channel": [{"platform": "ozon", "kind": "chat"} | WORK],
    "by_intent": [{"intent": "delivery"} | RECEPTION],
    "by_prompt": [{"prompt_version": "98b90871a3e1"} | RECEPTION],
    "by_day": [
        {
            "day": "2026-03-01",
            "arrived": {"review": 80, "question": 30, "chat": 10},
            "answered": {"review": 60, "question": 20, "chat": 8},
            "drafts": DRAFTS,
        }
    ],
}


class InteractionsStatsDoor(Door):
    @operation(
        _("Figures of the inbox"),
        words=_(
            "What came in, whether drafts stood ready, what people made of them, how soon buyers were answered, and what it "
            "cost: 30 days where nothing is asked for, at most 366. Medians and percentiles are exact to a twentieth."
        ),
        query=InteractionsStatsAsked,
        answers=InteractionsStatsShown,
        examples=[Example(STATS)],
    )
    def get(self, request: ApiRequest) -> Response:
        wanted = Wanted.of({name: str(value) for name, value in self.asked.items()})
        return Response(shown(read(wanted.sellers(request.user), wanted.period), wanted))


def shown(found: Figures, wanted: Wanted) -> dict[str, Any]:
    return {
        "since": wanted.period.first,
        "until": wanted.period.last,
        "work": _work(found.work),
        "pressing": _work(found.pressing),
        "drafts": _drafts(found.drafts),
        "reception": _reception(found.reception),
        "times": {
            "drafting_ms": _times(found.timed(Clock.DRAFTING)),
            "shown_ms": _times(found.timed(Clock.SHOWN)),
            "awaited_ms": _times(found.timed(Clock.AWAITED)),
            "handling_seconds": _times(found.timed(Clock.HANDLING)),
        },
        "by_priority": [
            {"priority": Priority(priority).word} | _work(work)
            for priority, work in sorted(found.priorities.items())
        ],
        "by_channel": [
            {"platform": platform, "kind": kind} | _work(work)
            for (platform, kind), work in sorted(found.channels.items())
        ],
        "by_intent": [{"intent": intent} | _reception(one) for intent, one in sorted(found.intents.items())],
        "by_prompt": [
            {"prompt_version": prompt} | _reception(one) for prompt, one in sorted(found.prompts.items())
        ],
        "by_day": [_day(day, found.days.get(day) or Day()) for day in wanted.period.days],
    }


def _day(day: Any, of_day: Day) -> dict[str, Any]:
    kinds = [kind.value for kind in Kind]
    return {
        "day": day,
        "arrived": {kind: of_day.of_kind(kind).arrived for kind in kinds},
        "answered": {kind: of_day.of_kind(kind).answered for kind in kinds},
        "drafts": _drafts(of_day.drafts),
    }


def _work(work: Work) -> dict[str, Any]:
    return vars(work) | {
        "ready_share": _rounded(work.ready_share),
        "in_time_share": _rounded(work.in_time_share),
    }


def _drafts(drafts: Drafts) -> dict[str, Any]:
    told = dict(vars(drafts))
    return told | {"cost_usd": f"{told.pop('cost'):.6f}"}


def _reception(one: Reception) -> dict[str, Any]:
    return {
        "as_it_was": one.as_it_was,
        "edited": one.edited,
        "discarded": one.discarded,
        "accepted_share": _rounded(one.accepted_share),
        "mean_words_changed": _rounded(one.mean_words),
        "mean_share_changed": _rounded(one.mean_share),
    }


def _times(times: Times) -> dict[str, Any]:
    return {"count": times.count, "p50": _rounded(times.p50, 1), "p95": _rounded(times.p95, 1)}


def _rounded(value: float | None, places: int = 4) -> float | None:
    return None if value is None else round(value, places)
