"""What a person says of an answer for the library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.models import Seller
from vitrina.inbox.library.entries import MOST_ANSWER, MOST_QUESTION
from vitrina.inbox.queue_filter import KINDS


class LibraryForm(forms.Form):
    seller = forms.ModelChoiceField(Seller.objects.none(), label=_("Seller"), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(KINDS.items()))
    question = forms.CharField(
        label=_("What the buyer writes"), max_length=MOST_QUESTION, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("By these words it is found for another buyer."),
    )  # fmt: skip
    answer = forms.CharField(
        label=_("What the shop answers"), max_length=MOST_ANSWER, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, sellers: Iterable[Seller], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Seller.objects.filter(pk__in=[seller.pk for seller in sellers]).order_by("name")
        self.fields["seller"].queryset = rows  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
