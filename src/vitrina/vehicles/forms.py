"""What a person says of a car, and of a series of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.accounts.models import Seller
from vitrina.catalog.forms import newest
from vitrina.imagery.options import MOST_MODIFIERS, Options
from vitrina.vehicles import badges, paints, wording
from vitrina.vehicles.ads import MOST_LETTERS, OLDEST_YEAR, AdFields
from vitrina.vehicles.angles import USUAL
from vitrina.vehicles.models import Vehicle
from vitrina.vehicles.showing import angle_choices, service_choices

MOST_DETAILS = 2_000
MOST_WORD = 60


def newest_year() -> int:
    """Next year's cars are sold this year."""
    return date.today().year + 1  # noqa: DTZ011 - a model year knows no time zone


class VehicleForm(forms.Form):
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    brand = forms.CharField(
        label=pgettext_lazy("car", "Brand"),
        max_length=80,
        widget=forms.TextInput(attrs={"list": "brands", "autocomplete": "off"}),
    )
    model = forms.CharField(label=_("Model"), max_length=80)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=OLDEST_YEAR)
    body_type = forms.CharField(
        label=_("Body type"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"list": "body-types", "autocomplete": "off"}),
    )  # fmt: skip
    color = forms.CharField(
        label=_("Color"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"list": "paints", "autocomplete": "off"}),
    )  # fmt: skip
    color_hex = forms.CharField(
        label=_("Color code"), required=False, max_length=7,
        help_text=_("Empty: by the name of the color."),
        widget=forms.TextInput(attrs={"placeholder": "#B3121D", "spellcheck": "false"}),
    )  # fmt: skip
    details = forms.CharField(
        label=_("Equipment and details"), required=False, max_length=MOST_DETAILS,
        help_text=_("What a picture shows: wheels, roof, upholstery, trim."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, sellers: Any = None, vehicle: Vehicle | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["year"].max_value = newest_year()  # type: ignore[attr-defined]
        self.fields["year"].widget.attrs |= {"max": newest_year(), "inputmode": "numeric"}
        if vehicle is not None:
            del self.fields["seller"]
            self.initial = self.initial or {name: getattr(vehicle, name) for name in self.fields}
        else:
            self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
            self.initial.setdefault("seller", newest(sellers))

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year > newest_year():
            raise forms.ValidationError(
                _("The newest model year is %(most)d.") % {"most": newest_year()}, code="too_new"
            )
        return year

    def clean_color_hex(self) -> str:
        value: str = self.cleaned_data["color_hex"].strip().lower()
        if value and not paints.is_value(value):
            raise forms.ValidationError(_("A color code is # and six digits of 0–9 and A–F."))
        return value

    @property
    def brands(self) -> list[str]:
        return [name for one in badges.brands() for name in (one.name, one.russian)]

    @property
    def body_types(self) -> list[str]:
        return [term.russian for term in wording.BODY_TYPES]

    @property
    def paints(self) -> list[str]:
        return [paint.russian for paint in paints.PAINTS]


class AdForm(forms.Form):
    ad = forms.CharField(
        label=_("Text of the ad"), max_length=MOST_LETTERS,
        help_text=_("Paste it as it is: the fields are found without any service."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)


class SeriesForm(forms.Form):
    session = forms.CharField(max_length=12, widget=forms.HiddenInput)
    angles = forms.MultipleChoiceField(
        label=_("Angles"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one angle.")},
    )  # fmt: skip
    service = forms.ChoiceField(label=_("Service"), required=False)
    style = forms.CharField(
        label=_("Your own words"), required=False, max_length=400,
        help_text=_("In English, parted by commas; they stand in every prompt."),
    )  # fmt: skip
    is_high_quality = forms.BooleanField(label=_("High quality"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["angles"].choices = angle_choices()  # type: ignore[attr-defined]
        self.fields["service"].choices = [("", _("by plan and health")), *service_choices()]  # type: ignore[attr-defined]
        self.initial.setdefault("angles", list(USUAL))

    def clean_style(self) -> tuple[str, ...]:
        words = tuple(word.strip() for word in self.cleaned_data["style"].split(",") if word.strip())
        if len(words) > MOST_MODIFIERS:
            raise forms.ValidationError(_("At most %(most)d words or phrases.") % {"most": MOST_MODIFIERS})
        return words

    @property
    def options(self) -> Options:
        given = self.cleaned_data
        return Options(
            style=given["style"], service=given["service"], is_high_quality=given["is_high_quality"]
        )


def fields_of(found: AdFields) -> dict[str, Any]:
    """What an ad told, as the form begins with it."""
    told = {
        "brand": found.brand,
        "model": found.model,
        "year": found.year,
        "color": found.color,
        "color_hex": found.color_hex,
        "body_type": found.body_type,
        "details": found.details,
    }
    return {name: value for name, value in told.items() if value not in ("", None)}


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        if not isinstance(field.widget, (forms.CheckboxInput, forms.CheckboxSelectMultiple)):
            field.widget.attrs["class"] = "input"
