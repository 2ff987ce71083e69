"""What a person says of a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.catalog.forms import newest
from vitrina.catalog.sources.changing import MOST_SITE_PAGES
from vitrina.catalog.sources.kinds import KINDS
from vitrina.catalog.sources.models import Source, SourceKind
from vitrina.catalog.sources.showing import PACES, pace_words
from vitrina.catalog.sources.web import MOST_PAGES
from vitrina.channels.models import Connection

BY_CONNECTION = "connection:"


class SourceForm(forms.Form):
    """`place`: a kind that has an address, or "connection:<id>"; of a source that stands, it can't be changed."""

    place = forms.ChoiceField(label=_("What it is"))
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=2000,
        help_text=_("Of a site: its front page or its site map. Of a page: where the product is shown."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"), required=False, max_length=200, help_text=_("Also the supplier of its products.")
    )
    every_minutes = forms.ChoiceField(label=_("How often it is looked at"), required=False)
    enrich = forms.BooleanField(label=_("Enrich what is new or changed"), required=False, initial=True)
    holds = forms.CharField(
        label=_("Only pages with this in their address"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "/product/"}),
    )  # fmt: skip
    most_pages = forms.IntegerField(
        label=_("Pages in one look, at most"), required=False, min_value=1, max_value=MOST_SITE_PAGES,
        help_text=_("At one a second; what is left comes with the next look."),
    )  # fmt: skip

    def __init__(self, *args: Any, sellers: Any = None, source: Source | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "input"
        paces = [("" if pace is None else str(pace), pace_words(pace)) for pace in PACES]
        self._connections: dict[str, Connection] = {}
        if source is not None:
            if source.every_minutes not in PACES:
                paces.append((str(source.every_minutes), pace_words(source.every_minutes)))
            self.initial = self.initial or _said_of(source)
            del self.fields["place"], self.fields["seller"]
            if source.kind != SourceKind.SITE:
                del self.fields["holds"], self.fields["most_pages"]
            if source.connection_id:
                del self.fields["address"]
        else:
            self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
            self.initial.setdefault("seller", newest(sellers))
            self.initial.setdefault("every_minutes", "1440")
            self.fields["place"].choices = self._places(sellers)  # type: ignore[attr-defined]
        self.fields["every_minutes"].choices = paces  # type: ignore[attr-defined]

    def _places(self, sellers: Any) -> list[tuple[str, Any]]:
        """Kinds with an address, and the connections of these sellers that products can be read through."""
        places: list[tuple[str, Any]] = [
            (kind.value, kind.label)
            for kind in SourceKind
            if kind is SourceKind.FEED or (kind.value in KINDS and KINDS[kind.value].by_address)
        ]
        by_connection = [name for name, kind in KINDS.items() if not kind.by_address]
        for one in Connection.objects.on().filter(seller__in=sellers, platform__in=by_connection):
            self._connections[f"{BY_CONNECTION}{one.pk}"] = one
            label = f"{SourceKind(one.platform).label}: {one.name or one.seller.name}"
            places.append((f"{BY_CONNECTION}{one.pk}", label))
        return places

    def clean_every_minutes(self) -> int | None:
        said = self.cleaned_data["every_minutes"]
        return int(said) if said else None

    @property
    def connection(self) -> Connection | None:
        return self._connections.get(self.cleaned_data.get("place", ""))

    @property
    def options(self) -> dict[str, Any]:
        """Of a site; what is not said keeps its default."""
        said = {name: self.cleaned_data.get(name) for name in ("holds", "most_pages")}
        return {name: value for name, value in said.items() if value and value != MOST_PAGES}


def _said_of(source: Source) -> dict[str, Any]:
    return {
        "address": source.address,
        "name": source.name,
        "every_minutes": "" if source.every_minutes is None else str(source.every_minutes),
        "enrich": source.enrich,
        "holds": source.options.get("holds", ""),
        "most_pages": source.options.get("most_pages", MOST_PAGES),
    }
