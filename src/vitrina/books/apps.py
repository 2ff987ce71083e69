from __future__ import annotations

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "vitrina.books"
    label = "books"

    def ready(self) -> None:
        from django.urls import reverse
        from django.utils.translation import gettext_lazy as _

        from vitrina.books import jobs  # noqa: F401 - registers the handlers
        from vitrina.imagery import subjects

        subjects.known("passage", subjects.Kind(_("passage"), lambda pk: reverse("passage", args=[pk])))
