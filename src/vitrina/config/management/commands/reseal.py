"""`vitrina reseal`: after a change of the installation's secret, seal what the old one sealed under the new one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vitrina.lib.resealing import places, reseal


class Command(BaseCommand):
    help = (
        "After a change of VITRINA_SECRET_KEY: seal every stored secret (providers' keys, webhooks' secrets, second factors) "
        "under the new one. Then the old one may leave VITRINA_SECRET_KEY_FALLBACKS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        unopened = 0
        for place in places:
            became = reseal(place)
            self.stdout.write(
                f"{place.purpose} ({place.column}): {became.anew} sealed anew, {became.already} already"
            )
            for about in became.unopened:
                self.stdout.write(self.style.WARNING(f"  not opened: {about}"))
            unopened += len(became.unopened)
        if unopened:
            raise CommandError(
                f"{unopened} could not be opened and stay as they are: no secret that this installation knows sealed them. "
                "Put the one that did into VITRINA_SECRET_KEY_FALLBACKS and run this again, or set these anew on their pages."
            )
        self.stdout.write(self.style.SUCCESS("Nothing needs the older secrets any more."))
