"""`vitrina up`: the whole studio in one process: database, worker threads, pages."""

from __future__ import annotations

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from vitrina.accounts.models import Seller
from vitrina.books.sampling import add_sample_book
from vitrina.config.first_run import welcome_the_first_admin
from vitrina.config.sample_inbox import SampleInbox
from vitrina.config.serving import require_free_port, serve
from vitrina.engine import runtime
from vitrina.engine.checking import warm_up
from vitrina.enrichment.sample.load import load_sample
from vitrina.jobs.worker import Worker
from vitrina.lib.migrating import migrate_alone
from vitrina.vehicles.sample import load_sample_cars


class Command(BaseCommand):
    help = "Bring the studio up: migrate, make an admin and the sample shop on the first run, work and serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=settings.JOB_THREADS, help="jobs at a time")
        parser.add_argument(
            "--no-sample",
            action="store_true",
            default=not settings.SAMPLE_SHOP,
            help="don't load the sample shop on the first run, and let its buyers write nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        require_free_port(host, port)
        migrate_alone(settings.DATA_DIR)
        welcome_the_first_admin(self.stdout)
        if not options["no_sample"] and not Seller.objects.exists():
            run = load_sample()
            if run is not None:
                add_sample_book(run.seller)
                load_sample_cars(run.seller)
            self.stdout.write("Loading the sample shop; its cards are being made while you look.")
        self._say_models()
        # Docker and systemd stop with SIGTERM; uvicorn turns both signals into an orderly end.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        worker = Worker(options["threads"])
        sample = SampleInbox(every=settings.SAMPLE_BUYER_SECONDS)
        if not options["no_sample"]:
            sample.start()
        worker.start()
        if settings.AI_WARM_UP:
            warm_up()
        try:
            self.stdout.write(self.style.SUCCESS(f"\nVitrina is at http://{host}:{port}/  (Ctrl-C stops)"))
            self.stdout.flush()
            serve(host, port)
        except KeyboardInterrupt:
            pass
        finally:
            self.stdout.write("Stopping; what is not finished goes on at the next start.")
            self.stdout.flush()
            worker.stop()
            sample.stop()
            # Calls still open had the worker's grace; their jobs were handed back, and the ledger says «doubt».
            runtime.close(grace_seconds=0)

    def _say_models(self) -> None:
        keys = [name for name, key in settings.PROVIDER_KEYS.items() if key]
        if settings.AI_BASE_URL:
            self.stdout.write(
                f"Models: the server at {settings.AI_BASE_URL}; the offline generators when it fails."
            )
        elif keys:
            self.stdout.write(f"Models: {', '.join(keys)}; the offline generators when they fail.")
        else:
            self.stdout.write(
                "Models: none configured, every text is made by the offline generators. "
                "Set OPENAI_API_KEY, OPENROUTER_API_KEY or AI_BASE_URL to use one."
            )
