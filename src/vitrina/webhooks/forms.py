"""What a person says of an endpoint."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.webhooks.endpoints import EndpointRefused, check_address
from vitrina.webhooks.kinds import KINDS
from vitrina.webhooks.models import LONGEST_URL, Endpoint


class EndpointForm(forms.Form):
    """`endpoint`: the one that is changed; None: a new one, of one of `sellers`."""

    seller = forms.ModelChoiceField(
        Seller.objects.none(),
        label=_("Seller"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "input"}),
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        help_text=_("Where your program listens. Each event is sent there by POST as JSON."),
        widget=forms.TextInput(
            attrs={
                "class": "input", "inputmode": "url", "placeholder": "https://shop.example/hooks",
                "autocomplete": "off", "spellcheck": "false",
            }
        ),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("For you, to tell it from the others; may stay empty."),
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        choices=[(code, format_lazy("{}", kind.name)) for code, kind in KINDS.items()],
        error_messages={"required": _("Choose at least one event.")},
    )

    def __init__(
        self, *args: Any, sellers: list[Seller] | None = None, endpoint: Endpoint | None = None, **kwargs: Any
    ) -> None:
        self._endpoint = endpoint
        if endpoint is not None:
            kwargs["initial"] = {"url": endpoint.url, "name": endpoint.name, "kinds": endpoint.kinds}
        super().__init__(*args, **kwargs)
        if endpoint is not None:
            del self.fields["seller"]
        elif sellers:
            ids = [seller.pk for seller in sellers]
            self.fields["seller"].queryset = Seller.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
            self.initial.setdefault("seller", ids[0])
            self.initial.setdefault("kinds", list(KINDS))
            if len(ids) == 1:
                self.fields["seller"].widget = forms.HiddenInput()

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if self._endpoint is None or url != self._endpoint.url:
            try:
                check_address(url)
            except EndpointRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return url

    @property
    def wanted(self) -> list[dict[str, Any]]:
        """The kinds with their words, and whether each is ticked."""
        ticked = set(self["kinds"].value() or [])
        return [
            {"code": kind.code, "name": kind.name, "words": kind.words, "is_ticked": kind.code in ticked}
            for kind in KINDS.values()
        ]
