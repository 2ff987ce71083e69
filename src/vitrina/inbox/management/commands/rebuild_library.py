"""Make the answer library and what retrieval finds it by anew, from the replies and answers that are in the database."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vitrina.accounts.models import Seller
from vitrina.inbox.library import entries, learning


class Command(BaseCommand):
    help = "Learn all answers anew and write what they are found by. What people switched off or deleted stays so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seller", help="of this one alone: its slug")

    def handle(self, *args: Any, **options: Any) -> None:
        sellers = Seller.objects.order_by("pk")
        if options["seller"]:
            sellers = sellers.filter(slug=options["seller"])
            if not sellers:
                raise CommandError(f"There is no seller «{options['seller']}».")
        for seller in sellers:
            looked_at = learning.want_all(seller.pk)
            learned = learning.learn_all(seller.pk, checkpoint=lambda: None)
            used = entries.index_anew(seller.pk)
            self.stdout.write(
                f"{seller.slug}: {looked_at} interactions looked at, {learned} answers learned, {used} in use"
            )
