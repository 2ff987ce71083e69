from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vitrina.lib.choices import words_of


class Colour(models.TextChoices):
    PRODUCTS = "p", _("Products")


def test_a_choice_is_said_in_the_language_of_the_reader() -> None:
    with override("ru"):
        assert words_of(Colour, "p") == "Товары"
    with override("en"):
        assert words_of(Colour, "p") == "Products"


def test_what_is_no_choice_any_more_is_its_own_word() -> None:
    assert words_of(Colour, "gone") == "gone"
