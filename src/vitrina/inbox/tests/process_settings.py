"""Settings of the worker processes that tests start: this room and those below it, quick to start."""

from __future__ import annotations

from vitrina.jobs.tests.process_settings import *  # noqa: F403
from vitrina.jobs.tests.process_settings import INSTALLED_APPS as BELOW

INSTALLED_APPS = [
    "vitrina.inbox",
    "vitrina.catalog",
    "vitrina.imagery",
    "vitrina.retrieval",
    "vitrina.webhooks",
    "vitrina.channels",
    "vitrina.engine",
    *BELOW,
]
