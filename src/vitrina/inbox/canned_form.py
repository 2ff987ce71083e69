"""What a person says of a canned answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.inbox.canned import COLUMNS, MOST_TEXT

LANGUAGES = [("", _("any language")), ("ru", _("Russian")), ("en", _("English"))]

# What comes into each place, for whoever writes one.
PLACE_WORDS = {
    "buyer": _("the buyer's name; left out where there is none"),
    "product": _("the product's name"),
    "signature": _("the shop's signature; left out where there is none"),
    "shop": _("the shop's name"),
    "marketplace": _("the marketplace's name"),
}


class CannedForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    key = forms.CharField(
        label=_("Key"), max_length=21,
        help_text=_("Short, without spaces: «/» and the key put it into an answer."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "data-most": MOST_TEXT}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def columns(self) -> dict[str, str]:
        """As `canned.make` takes them."""
        return {name: self.cleaned_data[name] for name in COLUMNS}
