"""Settings of the worker processes that tests start: this room and those below it, quick to start."""

from __future__ import annotations

from vitrina.jobs.tests.process_settings import *  # noqa: F403
from vitrina.jobs.tests.process_settings import INSTALLED_APPS as BELOW

INSTALLED_APPS = ["vitrina.imagery", "vitrina.webhooks", "vitrina.channels", "vitrina.engine", *BELOW]
# A storm fails so often that services would rest most of the time.
AI_BREAKER = {"faults": 12, "window_seconds": 3.0, "cool_down_seconds": 0.3}
