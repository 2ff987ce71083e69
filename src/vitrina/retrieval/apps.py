from __future__ import annotations

from django.apps import AppConfig


class RetrievalConfig(AppConfig):
    name = "vitrina.retrieval"
    label = "retrieval"

    def ready(self) -> None:
        from vitrina.retrieval import jobs  # noqa: F401 - registers the handlers
