"""Fields that take what the description promises, and nothing that merely looks like it.

DRF reads 1 and "yes" as true, and 5 as "5": from a form that is kind, from a program it hides mistakes.
In a query everything is text, so there "true" and "5" are what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.lib.moments import storable

LARGEST_ID = 2**63 - 1


class Given(serializers.Serializer[Any]):
    """What a program sends. A field that isn't known is refused: a typo must not pass for «nothing said»."""

    default_error_messages = {
        "unknown": _("There is no such field. Known: {known}."),
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = [name for name, field in self.fields.items() if not field.read_only]
            unknown = [name for name in data if name not in writable]
            if unknown:
                known = ", ".join(writable)
                message = str(self.error_messages["unknown"]).format(known=known)
                raise serializers.ValidationError({str(name)[:100]: [message] for name in unknown[:20]})
        return super().to_internal_value(data)


class Shown(serializers.Serializer[Any]):
    """What a program gets."""


def is_text_source(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    """Whether the value came from a query or a form, where everything is text."""
    return bool(field.context.get("is_text"))


class Text(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if is_text_source(self) and data in ("true", "false"):
            return bool(data == "true")
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str):
            if not is_text_source(self) or not (data.isascii() and data.removeprefix("-").isdigit()):
                self.fail("invalid")
        elif isinstance(data, float) and data.is_integer():
            data = int(data)  # to JSON 5.0 is a whole number
        elif isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Id(Whole):
    def __init__(self, **more: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **more)


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:100])
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """ISO 8601. A day without a time is its first moment in the installation's zone."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = storable(super().to_internal_value(value))
        except OverflowError:  # DRF takes it to UTC, too, before it looks
            moment = None
        if moment is None:
            self.fail("overflow")
        return moment


class ProblemShown(Shown):
    """RFC 9457; the description names it for every refusal."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment] # a member of the problem
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    retry_after = serializers.IntegerField(required=False)
    limit = serializers.JSONField(required=False)
    value = serializers.JSONField(required=False)
