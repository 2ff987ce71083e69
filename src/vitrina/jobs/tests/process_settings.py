"""Settings of the worker processes that tests start: this room and the one below it, quick to start."""

from __future__ import annotations

from vitrina.config.settings import *  # noqa: F403

INSTALLED_APPS = [
    "vitrina.jobs",
    "vitrina.rest",
    "vitrina.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "vitrina.jobs.tests.process_settings"
urlpatterns: list[object] = []
