"""Settings of the studio that browsers visit: passwords are quick to check, as in every other test."""

from __future__ import annotations

from vitrina.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
