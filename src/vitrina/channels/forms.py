"""What a person gives to connect a marketplace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.channels.connecting import CredentialsWrong, checked
from vitrina.channels.platforms import Credential, Platform


class CredentialsForm(forms.Form):
    """The platform's credentials, each a field of its own. What was typed of a secret is never shown again.

    `sellers`: whose connection a new one may be; None where it is known. `shown`: what pages show of the present ones.
    """

    seller = forms.ModelChoiceField(
        Seller.objects.none(),
        label=_("Seller"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "input"}),
    )

    def __init__(
        self,
        *args: Any,
        platform: Platform,
        sellers: list[Seller] | None = None,
        shown: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._platform = platform
        if sellers is None:
            del self.fields["seller"]
        else:
            ids = [seller.pk for seller in sellers]
            self.fields["seller"].queryset = Seller.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
            self.initial.setdefault("seller", ids[0])
            if len(ids) == 1:
                self.fields["seller"].widget = forms.HiddenInput()
        for one in platform.credentials:
            self.fields[one.name] = _field(one)
            if shown and not one.is_secret:
                self.initial.setdefault(one.name, shown.get(one.name, ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            checked(self._platform, cleaned)
        except CredentialsWrong as wrong:
            for name, words in wrong.errors.items():
                self.add_error(name, words)
        return cleaned

    @property
    def given(self) -> dict[str, str]:
        return {one.name: self.cleaned_data[one.name] for one in self._platform.credentials}

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[one.name] for one in self._platform.credentials]


def _field(one: Credential) -> forms.CharField:
    widget: type[forms.TextInput] = forms.PasswordInput if one.is_secret else forms.TextInput  # type: ignore[assignment]
    kept = "new-password" if one.is_secret else "off"
    return forms.CharField(
        label=str(one.words),
        help_text=str(one.help),
        required=False,
        widget=widget(attrs={"class": "input", "spellcheck": "false", "autocomplete": kept}),
    )
