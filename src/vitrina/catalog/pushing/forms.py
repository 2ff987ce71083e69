"""What a person says of a push before its check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vitrina.catalog.models import Category
from vitrina.catalog.pushing.wanting import ATTRIBUTES, TEXTS
from vitrina.channels.card_targets import TARGETS
from vitrina.channels.cards import PICTURES
from vitrina.channels.marketplaces import PLATFORMS
from vitrina.channels.models import Connection

MOST_BRANCHES = 2_000


class ConnectionChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # not subscriptable when it runs
    def label_from_instance(self, obj: Any) -> str:
        return connection_words(obj)


class PushForm(forms.Form):
    connection = ConnectionChoice(Connection.objects.none(), label=_("Marketplace"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    parts = forms.MultipleChoiceField(
        label=_("What is to be brought"),
        choices=[(TEXTS, _("texts")), (ATTRIBUTES, _("attributes")), (PICTURES, _("pictures"))],
        widget=forms.CheckboxSelectMultiple,
        initial=[TEXTS, ATTRIBUTES],
    )
    words = forms.CharField(
        label=_("With these words"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": _("title, id, brand or barcode")}),
    )  # fmt: skip
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("In this category and below it"),
        required=False,
        empty_label=_("any"),
    )

    def __init__(self, *args: Any, connections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "parts":
                field.widget.attrs["class"] = "input"
        self.fields["connection"].queryset = connections  # type: ignore[attr-defined]
        sellers = connections.values("seller")
        known = Category.objects.filter(seller__in=sellers, tree="", is_active=True)
        known = known | Category.objects.filter(seller=None, tree="", is_active=True)
        self.fields["category"].queryset = known  # type: ignore[attr-defined]
        branches = known.filter(is_leaf=False).order_by("path").values_list("pk", "path")[:MOST_BRANCHES]
        self.fields["category"].choices = [("", _("any")), *branches]  # type: ignore[attr-defined]
        self.initial.setdefault("language", "ru")


def taking_cards(connections: Any) -> Any:
    """Those of the connections through which cards can be changed."""
    return (
        connections.on()
        .filter(platform__in=list(TARGETS))
        .select_related("seller")
        .order_by("seller__name", "pk")
    )


def connection_words(connection: Connection) -> str:
    known = PLATFORMS.get(connection.platform)
    return f"{known.words if known else connection.platform} · {connection.name or connection.seller.name}"
