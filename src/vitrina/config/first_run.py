"""What a start says about who runs the studio: it makes the first administrator where there is none."""

from __future__ import annotations

import sys

from django.core.management.base import CommandError, OutputWrapper

from vitrina.accounts import first_admin, first_password
from vitrina.accounts.first_admin import WeakPassword


def welcome_the_first_admin(out: OutputWrapper) -> None:
    """Raises CommandError when the configured password is too weak."""
    try:
        made = first_admin.create_first_admin()
    except WeakPassword as error:
        raise CommandError(f"VITRINA_ADMIN_PASSWORD is refused: {error} Nothing was started.") from error
    if made is not None and not made.password:
        out.write(f"Your administrator: {made.name}, with the password of VITRINA_ADMIN_PASSWORD.\n")
        return
    name = made.name if made else first_admin.waits()
    password = made.password if made else first_password.kept()
    if name and password:
        out.write(
            f"Your administrator: {name}\nOne-time password:  {password}\n"
            f"You choose your own at the first sign-in. Until then it also stands in {first_password.path()}.\n"
            f"(Forgotten? {sys.argv[0]} changepassword {name})\n"
        )
