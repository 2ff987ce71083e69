"""The settings of a seller's inbox for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.doors import reach
from vitrina.accounts.models import Seller
from vitrina.accounts.roles import Right
from vitrina.channels.marketplaces import WITH_BUYERS
from vitrina.inbox import changing_settings
from vitrina.inbox.changing_settings import ChangedMeanwhile, SettingsRefused, change, told
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import InboxSettings, Manner
from vitrina.inbox.running_values import OWN, decided
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Choice, Flag, Given, Shown, Text, Whole
from vitrina.rest.problems import Problem, told_as

RIGHT = Right.MANAGE_SELLER
MOST = 1_000_000  # the bounds of each are said by the refusal

told_as(
    SettingsRefused,
    lambda refused: Problem(
        422, "invalid", str(refused), errors={name: [words] for name, words in refused.errors.items()}
    ),
)
told_as(
    ChangedMeanwhile,
    lambda meanwhile: Problem(409, "conflict", str(meanwhile), more={"value": meanwhile.standing.version}),
)


class _Seconds(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return super().to_internal_value(data)


def _number(words: Any = "") -> Whole:
    return Whole(required=False, allow_null=True, min_value=0, max_value=MOST, help_text=words)


def _lines(name: str) -> serializers.ListField:
    most, longest = changing_settings.LISTS[name]
    return serializers.ListField(child=Text(max_length=longest), required=False, max_length=most)


class _Effective(Shown):
    """What holds: the seller's own value, else the installation's."""

    pregenerates = serializers.BooleanField()
    batch_size = serializers.IntegerField()
    delay_seconds = serializers.FloatField()
    daily_limit = serializers.IntegerField()
    urgent_at_once = serializers.IntegerField()
    manner = serializers.ChoiceField(Manner.values)
    signature = serializers.CharField(allow_blank=True)
    auto_wait_minutes = serializers.IntegerField()
    auto_daily_limit = serializers.IntegerField()


class InboxSettingsShown(Shown):
    seller = serializers.IntegerField()
    version = serializers.IntegerField(help_text=_("One more with every change."))
    pregenerates = serializers.BooleanField(allow_null=True)
    batch_size = serializers.IntegerField(allow_null=True)
    delay_seconds = serializers.FloatField(allow_null=True)
    daily_limit = serializers.IntegerField(allow_null=True)
    urgent_at_once = serializers.IntegerField(allow_null=True)
    manner = serializers.ChoiceField(Manner.values, allow_blank=True)
    signature = serializers.CharField(allow_blank=True)
    brand_words = serializers.ListField(child=serializers.CharField())
    greets_by_name = serializers.BooleanField()
    language = serializers.ChoiceField(changing_settings.LANGUAGES, allow_blank=True)
    rules = serializers.CharField(allow_blank=True)
    may_promise_refunds = serializers.BooleanField()
    own_names = serializers.ListField(child=serializers.CharField())
    other_shops = serializers.ListField(child=serializers.CharField())
    most_characters = serializers.IntegerField(allow_null=True)
    auto_sends = serializers.BooleanField()
    auto_platforms = serializers.ListField(child=serializers.ChoiceField(list(WITH_BUYERS)))
    auto_from_stars = serializers.IntegerField()
    auto_with_text = serializers.BooleanField()
    auto_wait_minutes = serializers.IntegerField(allow_null=True)
    auto_daily_limit = serializers.IntegerField(allow_null=True)
    effective = _Effective()


class InboxSettingsChange(Given):
    version = Whole(
        required=False,
        min_value=1,
        max_value=MOST,
        help_text=_("The one that you read: where another stands, nothing is changed and 409 says which."),
    )
    pregenerates = Flag(required=False, allow_null=True)
    batch_size = _number(_("null here and in the other numbers: as the installation has it."))
    delay_seconds = _Seconds(required=False, allow_null=True, min_value=0, max_value=60)
    daily_limit = _number()
    urgent_at_once = _number()
    manner = Choice(["", *Manner.values], required=False, help_text=_("Empty: as the installation has it."))
    signature = Text(required=False, allow_blank=True, max_length=changing_settings.LONGEST["signature"])
    brand_words = _lines("brand_words")
    greets_by_name = Flag(required=False)
    language = Choice(
        list(changing_settings.LANGUAGES),
        required=False,
        help_text=_("Where the buyer's can't be told; empty: that of the cards."),
    )
    rules = Text(required=False, allow_blank=True, max_length=changing_settings.LONGEST["rules"])
    may_promise_refunds = Flag(required=False)
    own_names = _lines("own_names")
    other_shops = _lines("other_shops")
    most_characters = _number(_("null: as long as the marketplace takes."))
    auto_sends = Flag(
        required=False,
        help_text=_("The rule that answers good reviews without a person. Off stops it at once."),
    )
    auto_platforms = serializers.ListField(
        child=Choice(list(WITH_BUYERS)), required=False, max_length=len(WITH_BUYERS)
    )
    auto_from_stars = Whole(
        required=False, min_value=min(changing_settings.STARS), max_value=max(changing_settings.STARS)
    )
    auto_with_text = Flag(required=False)
    auto_wait_minutes = _number()
    auto_daily_limit = _number()


EXAMPLE: dict[str, Any] = {
    "seller": 1, "version": 3, "pregenerates": None, "batch_size": 10, "delay_seconds": None, "daily_limit": None, "urgent_at_once": None,
    "manner": "", "signature": "Ваш «Маяк»", "brand_words": [], "greets_by_name": True, "language": "", "rules": "Возврат 14 дней.",
    "may_promise_refunds": False, "own_names": [], "other_shops": [], "most_characters": None, "auto_sends": False,
    "auto_platforms": [], "auto_from_stars": 5, "auto_with_text": False, "auto_wait_minutes": None, "auto_daily_limit": None,
    "effective": {
        "pregenerates": True, "batch_size": 10, "delay_seconds": 1.0, "daily_limit": 200, "urgent_at_once": 3, "manner": "friendly",
        "signature": "Ваш «Маяк»", "auto_wait_minutes": 60, "auto_daily_limit": 50,
    },
}  # fmt: skip


def shown(row: InboxSettings) -> dict[str, Any]:
    values = decided(row)
    effective = {name: getattr(values, name) for name in OWN}
    return {"seller": row.seller_id, "version": row.version, **told(row), "effective": effective}


class InboxSettingsDoor(Door):
    @operation(
        _("The settings of a seller's inbox"),
        right=RIGHT,
        answers=InboxSettingsShown,
        examples=[Example(EXAMPLE)],
        refusals=[404],
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        seller = reach(Seller.objects, request.user, RIGHT, pk=pk)
        return Response(shown(settings_of(seller.pk)))

    @operation(
        _("Change the settings of a seller's inbox"),
        words=_("Only what is given changes. Drafts that it makes stale are written anew."),
        right=RIGHT,
        body=InboxSettingsChange,
        answers=InboxSettingsShown,
        examples=[Example({"version": 2, "batch_size": 10}, is_given=True), Example(EXAMPLE)],
        refusals=[404, 409],
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        seller = reach(Seller.objects, request.user, RIGHT, pk=pk)
        given = dict(self.given)
        version = given.pop("version", None)
        return Response(shown(change(seller, given, by=request.user, version=version)))
