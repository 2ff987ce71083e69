"""What a person says of a picture: in words, and how it shall be drawn."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.imagery.free_text import MOST_CHARACTERS
from vitrina.imagery.installed import services
from vitrina.imagery.options import MOST_MODIFIERS, Options
from vitrina.imagery.ratios import OFFERED, ratio_of


class OptionsForm(forms.Form):
    style = forms.CharField(
        label=_("Style"), required=False, max_length=500,
        help_text=_("Words that are added, with commas between them: watercolor, soft light."),
    )  # fmt: skip
    negative = forms.CharField(
        label=_("Must not be seen"), required=False, max_length=500, help_text=_("With commas between them.")
    )
    ratio = forms.CharField(
        label=_("Proportions"), required=False, max_length=10,
        help_text=_("Width to height, like 16:9; empty: as the recipe has it."),
        widget=forms.TextInput(attrs={"list": "image_ratios", "placeholder": "4:3", "inputmode": "text"}),
    )  # fmt: skip
    service = forms.ChoiceField(
        label=_("Service"), required=False, help_text=_("It is asked first; the others stand in for it.")
    )
    seed = forms.IntegerField(
        label=_("Seed"), required=False, min_value=0, max_value=2**31 - 1,
        help_text=_("The same number and the same words give a similar picture; empty: chosen by the studio."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    is_high_quality = forms.BooleanField(label=_("High quality: slower, and dearer"), required=False)
    ratios = OFFERED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usable = [(name, one.service.title) for name, one in services().items() if one.is_usable]
        self.fields["service"].choices = [("", _("by plan and health")), *usable]  # type: ignore[attr-defined]
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "input"

    def clean_style(self) -> tuple[str, ...]:
        return _listed(self.cleaned_data["style"])

    def clean_negative(self) -> tuple[str, ...]:
        return _listed(self.cleaned_data["negative"])

    def clean_ratio(self) -> tuple[int, int] | None:
        text = self.cleaned_data["ratio"].strip()
        if not text:
            return None
        try:
            return ratio_of(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def options(self, *, is_forced: bool) -> Options:
        said = {name: self.cleaned_data[name] for name in Options.model_fields if name in self.cleaned_data}
        return Options(**said | {"is_forced": is_forced})


class PictureForm(OptionsForm):
    """A new picture from free text. `sellers`: pairs of those that the person may draw for, with what is left of the plan."""

    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    text = forms.CharField(
        label=_("What is to be seen"), max_length=MOST_CHARACTERS,
        help_text=_("As if told to a painter: what, where, in which light. Most services understand English best."),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True, "class": "input low"}),
    )  # fmt: skip
    is_forced = forms.BooleanField(label=_("Draw it anew, even if the same stands already"), required=False)
    field_order = ("seller", "text")

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]


class RedoForm(OptionsForm):
    """The same subject with other options; of free text the words, too."""

    text = forms.CharField(
        label=_("What is to be seen"), max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input low"}),
    )  # fmt: skip
    field_order = ("text",)

    def __init__(self, *args: Any, is_free: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_free:
            del self.fields["text"]


def said_of(options: Options) -> dict[str, Any]:
    """As the form shows them. A seed is not said again: the same one would give the same picture."""
    return {
        "style": ", ".join(options.style),
        "negative": ", ".join(options.negative),
        "ratio": f"{options.ratio[0]}:{options.ratio[1]}" if options.ratio else "",
        "service": options.service,
        "is_high_quality": options.is_high_quality,
    }


def _listed(text: str) -> tuple[str, ...]:
    words = tuple(filter(None, (" ".join(part.split()) for part in text.split(","))))
    if len(words) > MOST_MODIFIERS:
        raise forms.ValidationError(
            _now("%(value)d parts, the limit is %(limit)d. Join or leave out some.")
            % {"value": len(words), "limit": MOST_MODIFIERS}
        )
    return words
