"""What a person says when a feed comes in or cards go out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.catalog.limits import targets
from vitrina.catalog.models import Category
from vitrina.catalog.writers import WRITERS, formats_of

MOST_UPLOAD_MB = 512
MOST_BRANCHES = 300
MOST_TREE_MB = 10
# Targets whose name is another one in Russian; data/limits.json has them in English.
OWN_SHOP = gettext_noop("Own shop")
YANDEX = gettext_noop("Yandex Market")

ENCODINGS = [
    ("", _("recognise it")), ("utf-8", "UTF-8"), ("cp1251", "Windows-1251"), ("koi8-r", "KOI8-R"), ("cp866", "DOS (CP866)"),
    ("utf-16", "UTF-16"),
]  # fmt: skip
DELIMITERS = [("", _("recognise it")), (";", ";"), (",", ","), ("\t", _("tab")), ("|", "|")]
CURRENCIES = ["RUB", "BYN", "KZT", "CNY", "EUR", "USD", "UZS", "AMD", "KGS", "TRY", "GEL"]


def newest(sellers: QuerySet[Seller]) -> Seller | None:
    """Whom a form means unless told otherwise: the sample shop came first, a shop of one's own later."""
    return max(sellers, key=lambda seller: seller.pk, default=None)


def _named(sellers: QuerySet[Seller], pk: Any) -> Seller | None:
    return next((seller for seller in sellers if str(seller.pk) == str(pk)), None)


class ImportForm(forms.Form):
    """Where the feed is. What is to be made of it is said when it was looked at."""

    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    file = forms.FileField(label=_("File"), required=False, help_text=_("CSV, XLSX, YML or JSON Lines"))
    url = forms.URLField(
        label=_("or its address"), required=False, max_length=2000, assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        self.initial.setdefault("seller", newest(sellers))

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


class FeedForm(forms.Form):
    """How the feed is to be read, beside its columns."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=_("Columns are parted by"), choices=DELIMITERS, required=False)
    currency = forms.ChoiceField(
        label=_("Currency of prices without one"), required=False,
        choices=[("", _("the seller's own")), *((code, code) for code in CURRENCIES)],
    )  # fmt: skip
    supplier = forms.CharField(label=_("Supplier of rows without one"), required=False, max_length=200)
    remember = forms.BooleanField(label=_("Remember the columns for the next file like this"), required=False)
    grow_tree = forms.BooleanField(label=_("Make the feed's categories those of the shop"), required=False)
    enrich = forms.BooleanField(label=_("Enrich what is new or changed at once"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)


class ExportForm(forms.Form):
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    target = forms.ChoiceField(
        label=_("For"), choices=lambda: [(key, gettext(target.title)) for key, target in targets().items()]
    )
    file_format = forms.ChoiceField(label=_("Format"), choices=[(key, key.upper()) for key in WRITERS])
    language = forms.ChoiceField(label=_("Language"), choices=[("ru", _("Russian")), ("en", _("English"))])
    which = forms.ChoiceField(
        label=_("Products"), required=False,
        choices=[("all", _("all")), ("since", _("changed since the last export for this target"))],
    )  # fmt: skip
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

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        known = Category.objects.filter(Q(seller=None) | Q(seller__in=sellers), tree="", is_active=True)
        named = str(self.initial.get("category") or self.data.get("category") or "")
        shown = Q(is_leaf=False) | (Q(pk=int(named)) if named.isdecimal() else Q(pk=None))
        # Any may be meant; the list offers the branches, and the one that the address names.
        self.fields["category"].queryset = known  # type: ignore[attr-defined]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("any")), *known.filter(shown).order_by("path").values_list("pk", "path")[:MOST_BRANCHES],
        ]  # fmt: skip
        seller = _named(sellers, self.initial.get("seller")) or newest(sellers)
        self.initial["seller"] = seller
        # What the cards of this seller are made for is where they go.
        if seller is not None and seller.target in targets():
            self.initial.setdefault("target", seller.target)
            self.initial.setdefault("language", seller.language)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        possible = formats_of(given.get("target", ""))
        if given.get("file_format") and given["file_format"] not in possible:
            raise forms.ValidationError(
                _("This target takes %(formats)s.")
                % {"formats": ", ".join(name.upper() for name in possible)}
            )
        return given


class TreeForm(forms.Form):
    """A tree of categories from a file: what it would change is shown first."""

    file = forms.FileField(label=_("File"), help_text=_("TSV, CSV, JSON, or a YML feed with categories"))
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    tree = forms.CharField(
        label=_("Tree"), required=False, max_length=40,
        help_text=_("Empty: the shop's own. Else the name of a marketplace, such as wildberries."),
    )  # fmt: skip

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        self.initial.setdefault("seller", newest(sellers))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_TREE_MB * 1024 * 1024:
            raise forms.ValidationError(
                _(
                    "The file has %(size)s MB, the limit is %(most)s MB. The command sync_categories takes more."
                )
                % {"size": file.size // (1024 * 1024), "most": MOST_TREE_MB}
            )
        return file


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        if not isinstance(field.widget, forms.CheckboxInput):
            field.widget.attrs["class"] = "input"
