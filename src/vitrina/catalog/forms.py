"""What a person says when a feed comes in or cards go out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.catalog.limits import targets
from vitrina.catalog.writers import WRITERS, formats_of

MOST_UPLOAD_MB = 512
# The one target whose name is no proper name; data/limits.json has it in English.
OWN_SHOP = gettext_noop("own shop")

FORMATS = [("", _("recognise it")), ("yml", "YML"), ("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines")]


class ImportForm(forms.Form):
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    file = forms.FileField(label=_("File"), required=False, help_text=_("CSV, XLSX, YML or JSON Lines"))
    url = forms.URLField(
        label=_("or its address"), required=False, max_length=2000, assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip
    file_format = forms.ChoiceField(choices=FORMATS, label=_("Format"), required=False)
    enrich = forms.BooleanField(label=_("Enrich what is new or changed"), required=False, initial=True)

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        self.initial.setdefault("seller", next(iter(sellers), None))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        file, url = given.get("file"), given.get("url")
        if "file" in self.errors or "url" in self.errors:
            return given
        if bool(file) == bool(url):
            raise forms.ValidationError(_("Choose a file or give an address: one of the two."))
        if file and file.size > MOST_UPLOAD_MB * 1024 * 1024:
            raise forms.ValidationError(
                _(
                    "The file has %(size)s MB, the limit for an upload is %(most)s MB. Give its address instead."
                )
                % {"size": file.size // (1024 * 1024), "most": MOST_UPLOAD_MB}
            )
        return given


class ExportForm(forms.Form):
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    target = forms.ChoiceField(
        label=_("For"), choices=lambda: [(key, gettext(target.title)) for key, target in targets().items()]
    )
    file_format = forms.ChoiceField(label=_("Format"), choices=[(key, key.upper()) for key in WRITERS])
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", _("Russian")), ("en", _("English"))])

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        self.initial.setdefault("seller", next(iter(sellers), None))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        possible = formats_of(given.get("target", ""))
        if given.get("file_format") and given["file_format"] not in possible:
            raise forms.ValidationError(
                _("This target takes %(formats)s.")
                % {"formats": ", ".join(name.upper() for name in possible)}
            )
        return given


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "input"
