"""What a person says of a book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.books.models import Book, Genre
from vitrina.catalog.forms import newest

LANGUAGES = [("", _("recognise it")), ("ru", _("Russian")), ("en", _("English"))]


class BookForm(forms.Form):
    """A new book."""

    file = forms.FileField(label=_("File"))
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    genre = forms.ChoiceField(
        label=_("Genre"),
        choices=Genre.choices,
        initial=Genre.OTHER,
        help_text=_("It sets the look of the pictures."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, required=False)

    def __init__(self, *args: Any, sellers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.fields["seller"].queryset = sellers  # type: ignore[attr-defined]
        self.initial.setdefault("seller", newest(sellers))


class ChangeForm(forms.Form):
    """What is known of a book."""

    title = forms.CharField(label=_("Title"), max_length=300)
    author = forms.CharField(label=_("Author"), max_length=300, required=False)
    genre = forms.ChoiceField(label=_("Genre"), choices=Genre.choices)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=LANGUAGES[1:],
        help_text=_("With another one passages are looked for anew."),
    )

    def __init__(self, *args: Any, book: Book, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _style(self)
        self.initial = {name: getattr(book, name) for name in self.fields}
        if not book.language:
            self.fields["language"].choices = [("", "—"), *LANGUAGES[1:]]  # type: ignore[attr-defined]
            self.fields["language"].required = False


def _style(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs["class"] = "input"
