"""What joins rooms, for programs: how much is used of what is allowed, and what the studio can do."""

from __future__ import annotations

from typing import Any, get_args

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from vitrina.accounts.models import ApiToken, Seller
from vitrina.accounts.quotas import budgets
from vitrina.accounts.used import limited_calls
from vitrina.catalog import limits
from vitrina.catalog.api_imports import FORMATS
from vitrina.catalog.writers import formats_of
from vitrina.enrichment.api_process import MOST_PRODUCTS
from vitrina.enrichment.options import Language
from vitrina.jobs.models import Job, JobState
from vitrina.jobs.pace import pace
from vitrina.rest import paging
from vitrina.rest.describing import Example
from vitrina.rest.doors import ApiRequest, Door, operation
from vitrina.rest.fields import Given, Id, Shown

MOST_SELLERS = 200


class BudgetShown(Shown):
    seller = serializers.IntegerField(allow_null=True, help_text=_("Null: of the installation."))
    limit_usd = serializers.DecimalField(max_digits=18, decimal_places=6)
    used_usd = serializers.DecimalField(max_digits=18, decimal_places=6)
    begins_at = serializers.DateTimeField()
    lifts_at = serializers.DateTimeField()


class QuotaShown(Shown):
    seller = serializers.IntegerField()
    whose = serializers.ChoiceField(["seller", "person"])
    feature = serializers.CharField(help_text=_("«*»: all of them together."))
    period = serializers.ChoiceField(["day", "month"])
    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    lifts_at = serializers.DateTimeField()


class QueueShown(Shown):
    seller = serializers.IntegerField()
    queued = serializers.IntegerField()
    limit = serializers.IntegerField()


class UsageShown(Shown):
    budgets = BudgetShown(many=True)
    quotas = QuotaShown(many=True)
    queues = QueueShown(many=True)


USAGE = {
    "budgets": [
        {
            "seller": 1,
            "limit_usd": "25.000000",
            "used_usd": "3.418200",
            "begins_at": "2026-03-01T00:00:00+03:00",
            "lifts_at": "2026-04-01T00:00:00+03:00",
        }
    ],
    "quotas": [
        {
            "seller": 1,
            "whose": "seller",
            "feature": "describe",
            "period": "day",
            "limit": 2000,
            "used": 318,
            "lifts_at": "2026-03-02T00:00:00+03:00",
        }
    ],
    "queues": [{"seller": 1, "queued": 12, "limit": 10000}],
}


class UsageAsked(Given):
    seller = Id(required=False)


class UsageDoor(Door):
    @operation(
        _("Quotas and budgets"),
        words=_("Only what has a limit is listed; amounts are those of the present day or month."),
        query=UsageAsked,
        answers=UsageShown,
        examples=[Example(USAGE)],
    )
    def get(self, request: ApiRequest) -> Response:
        rows = Seller.objects.reachable_by(request.user).select_related("plan")
        if "seller" in self.asked:
            rows = rows.filter(pk=self.asked["seller"])
        sellers = list(rows.order_by("pk")[:MOST_SELLERS])
        ids = [seller.pk for seller in sellers]
        waiting = Job.objects.filter(seller__in=ids, state=JobState.QUEUED).order_by()
        queued = dict(waiting.values_list("seller").annotate(n=Count("*")))
        return Response(
            {
                "budgets": [
                    {
                        "seller": budget.seller_id,
                        "limit_usd": f"{budget.most:.6f}",
                        "used_usd": f"{budget.used:.6f}",
                        "begins_at": budget.begins_at,
                        "lifts_at": budget.lifts_at,
                    }
                    for budget in budgets(ids, of_installation=request.user.is_superuser)
                ],
                "quotas": [
                    {
                        "seller": seller.pk,
                        "whose": "person" if quota.is_of_person else "seller",
                        "feature": quota.feature,
                        "period": quota.period,
                        "limit": quota.most,
                        "used": quota.used,
                        "lifts_at": quota.lifts_at,
                    }
                    for seller, quota in limited_calls(sellers, request.user.pk)
                ],
                "queues": [
                    {"seller": pk, "queued": queued.get(pk, 0), "limit": pace().queue_limit} for pk in ids
                ],
            }
        )


class TargetShown(Shown):
    key = serializers.CharField()
    title = serializers.CharField()
    formats = serializers.ListField(child=serializers.CharField())


class SettingsShown(Shown):
    api_version = serializers.CharField()
    languages = serializers.ListField(
        child=serializers.CharField(), help_text=_("What texts are written in.")
    )
    targets = TargetShown(many=True)
    import_formats = serializers.ListField(child=serializers.CharField())
    features = serializers.DictField(child=serializers.BooleanField())
    limits = serializers.DictField(child=serializers.IntegerField())
    person = serializers.IntegerField(help_text=_("Your id, as `assignee` and `by` name you."))
    scopes = serializers.ListField(child=serializers.CharField(), help_text=_("Of this very token."))


SETTINGS = {
    "api_version": "1",
    "languages": ["ru", "en"],
    "targets": [{"key": "wildberries", "title": "Wildberries", "formats": ["csv", "xlsx", "yml", "jsonl"]}],
    "import_formats": ["csv", "xlsx", "yml", "jsonl"],
    "features": {"description": True, "category": True, "image_analysis": False, "webhooks": True},
    "limits": {"token_requests_per_minute": 600, "page": 200, "batch_products": 5000},
    "person": 5,
    "scopes": ["view"],
}


class SettingsDoor(Door):
    @operation(
        _("What this studio can do"),
        words=_("Languages, targets, what is built, and the limits of the API. Nothing secret."),
        answers=SettingsShown,
        examples=[Example(SETTINGS)],
    )
    def get(self, request: ApiRequest) -> Response:
        return Response(
            {
                "api_version": str(settings.SPECTACULAR_SETTINGS["VERSION"]),
                "languages": list(get_args(Language)),
                "targets": [
                    {"key": key, "title": gettext(target.title), "formats": formats_of(key)}
                    for key, target in limits.targets().items()
                ],
                "import_formats": FORMATS,
                "features": features(),
                "limits": {
                    "token_requests_per_minute": settings.API_TOKEN_RATE,
                    "person_requests_per_minute": settings.API_PERSON_RATE,
                    "body_bytes": settings.API_MOST_BODY_BYTES,
                    "upload_bytes": settings.API_MOST_UPLOAD_BYTES,
                    "page": paging.MOST,
                    "batch_products": MOST_PRODUCTS,
                    "queued_jobs_per_seller": pace().queue_limit,
                },
                "person": request.user.pk,
                "scopes": request.auth.scopes if isinstance(request.auth, ApiToken) else [],
            }
        )


def features() -> dict[str, Any]:
    return {"description": True, "category": True, "image_analysis": False, "webhooks": True}
