"""What a person says of a template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import F, Q
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Category

MOST_FILE_MB = 2


class TemplateForm(forms.Form):
    """`seller` None: of all sellers. `version`: the one that the person saw when they began to write."""

    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", _("Russian")), ("en", _("English"))])
    category = forms.CharField(
        label=_("Category"), max_length=1000, required=False, help_text=_("Its whole path; empty: any."),
        # A shop has thousands: those that fit come while a person writes.
        widget=forms.TextInput(attrs={
            "list": "template-categories", "autocomplete": "off", "hx-get": reverse_lazy("product_choices", args=["categories"]),
            "hx-trigger": "focus once, input changed delay:250ms", "hx-target": "#template-categories", "hx-swap": "innerHTML",
            "hx-push-url": "false", "hx-params": "category",
        }),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Text"), min_length=20, max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("A card's text as it should be: paragraphs <p> and lists <ul>. It is shown to the model as an example, never copied."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seller_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seller_id = seller_id
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_category(self) -> Category | None:
        path = self.cleaned_data["category"].strip()
        if not path:
            return None
        whose = Q(seller=None) | Q(seller_id=self._seller_id) if self._seller_id else Q(seller=None)
        known = Category.objects.filter(whose, path=path, tree="", is_active=True)
        # A seller's own before the one that all share.
        found = known.order_by(F("seller").asc(nulls_last=True)).first()
        if found is None:
            raise forms.ValidationError(
                _("There is no category «%(path)s». Choose one of those that appear while you write.")
                % {"path": path}
            )
        return found

    @property
    def columns(self) -> dict[str, Any]:
        """As `template_editing` takes them."""
        given = self.cleaned_data
        category = given["category"]
        return {
            "name": given["name"],
            "language": given["language"],
            "category_id": category.pk if category else None,
            "text": given["text"],
        }


class TemplatesFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("JSON array or JSON Lines: name, text, language, category")
    )
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_MB * 1024 * 1024:
            raise forms.ValidationError(
                _(
                    "The file has %(size)s MB, the limit is %(most)s MB. The command import_templates takes more."
                )
                % {"size": file.size // (1024 * 1024), "most": MOST_FILE_MB}
            )
        return file
