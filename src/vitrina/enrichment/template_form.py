"""What a person says of a template."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Category
from vitrina.lib.long_select import LongSelect

MOST_CATEGORIES = 1000  # that the list offers
MOST_FILE_MB = 2


class TemplateForm(forms.Form):
    """`seller` None: of all sellers. `version`: the one that the person saw when they began to write."""

    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", _("Russian")), ("en", _("English"))])
    category = forms.ModelChoiceField(
        Category.objects.none(),
        label=_("Category"),
        required=False,
        empty_label=_("any"),
        widget=LongSelect,
    )
    text = forms.CharField(
        label=_("Text"), min_length=20, max_length=20_000, widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("A card's text as it should be: paragraphs <p> and lists <ul>. It is shown to the model as an example, never copied."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seller_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Category.objects.filter(
            Q(seller=None) | Q(seller_id=seller_id) if seller_id else Q(seller=None), tree="", is_active=True
        )
        self.fields["category"].queryset = known  # type: ignore[attr-defined]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("any")), *known.order_by("path").values_list("pk", "path")[:MOST_CATEGORIES],
        ]  # fmt: skip
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

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
