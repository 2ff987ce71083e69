"""A believable studio for looking at pages: the sample shop enriched, people of every role, a second seller.

python -m vitrina.console.tests.believable     into the data directory of the environment
"""

from __future__ import annotations

import os
from decimal import Decimal

NAMES = {
    "anna": ("admin", "Анна Лебедева"),
    "boris": ("moderator", "Борис Ким"),
    "vera": ("catalogue_manager", "Вера Соколова"),
    "gleb": ("read_only", "Глеб Орлов"),
}
PASSWORD = "believable-password"


def fill() -> None:
    """Everything by the studio's own deeds: what the pages show is what a real day leaves behind."""
    from vitrina.accounts.models import Membership, Seller, User
    from vitrina.catalog import importing
    from vitrina.catalog.models import Product
    from vitrina.enrichment import runs
    from vitrina.enrichment.models import ProcessingLog
    from vitrina.enrichment.sample.load import load_sample
    from vitrina.jobs.enqueue import enqueue
    from vitrina.jobs.models import Job
    from vitrina.jobs.worker import run_ready

    load_sample()
    seller = Seller.objects.get(slug="mayak")
    other = Seller.objects.create(name="Полка и лампа", slug="shelf")
    for name, (role, full) in NAMES.items():
        first, last = full.split()
        person = User.objects.create_user(name, password=PASSWORD, first_name=first, last_name=last)
        Membership.objects.create(user=person, seller=seller, role=role)
    chief = User.objects.create_superuser("chief", password=PASSWORD, first_name="Мария", last_name="Чиф")
    Membership.objects.create(user=User.objects.get(username="anna"), seller=other, role="admin")
    run_ready()
    Job.objects.filter(state="queued").update(run_at=seller.created_at)
    run_ready()

    # A day's trouble: a feed that is none, a run that failed, a batch in the middle.
    importing.start(other, url="https://feeds.example.com/price.xml", by=chief)
    broken = Product.objects.filter(seller=seller).order_by("-pk").first()
    assert broken is not None
    log = runs.start(broken, runs.options_for(seller), by=chief)
    ProcessingLog.objects.filter(pk=log.pk).update(
        status="failed",
        error="The model server did not answer within 60 s, three times. What was there before is unchanged.",
        cost=Decimal("0.000840"),
    )
    Job.objects.filter(pk=log.job_id).update(
        state="dead", reason="NoAnswer", error="The model server did not answer within 60 s, three times."
    )
    enqueue("enrichment.run", {"log_id": 0}, seller_id=seller.pk, title="Проба очереди", delay_seconds=3600)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")
    import django

    django.setup()
    fill()
