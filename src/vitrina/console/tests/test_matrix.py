"""Every route × every role × two sellers × nobody. A route that is not in the table fails the suite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests import factories

from vitrina.accounts import runtime_settings
from vitrina.accounts.models import ApiToken, AuditEntry, Invitation, Membership, Seller, User
from vitrina.accounts.roles import Right, Role, allows
from vitrina.catalog.models import Category, ColumnMapping, Export, Import, Product
from vitrina.catalog.sources.models import Source
from vitrina.channels.models import Connection
from vitrina.console.tests.world import World, make
from vitrina.enrichment.models import ContentTemplate, ModerationItem, ProcessingLog
from vitrina.inbox.models import InboxSettings, Interaction, Reply
from vitrina.jobs.models import Job, JobEvent
from vitrina.webhooks import wanting
from vitrina.webhooks.models import Delivery, Endpoint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_refusals")]

Args = Callable[[World], dict[str, Any]]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """`right` None: any member. `of_object` False: the page lists what one may see, a stranger sees their own."""

    right: Right | None = None
    args: Args = nothing
    method: str = "GET"
    data: dict[str, Any] = field(default_factory=dict)
    data_of: Args = nothing
    query: Args = nothing
    of_object: bool = True
    is_open: bool = False  # to everybody, signed in or not
    installation: bool = False  # for superusers and tokens only
    # What whoever is signed in and no superuser gets: "forbidden" or "not found"; empty: the role decides.
    others: str = ""
    may_write: bool = False  # a stranger writes something of their own here
    refuses: bool = False  # the page answers 422 and does nothing: what is sent is wrong


def page(**more: Any) -> Route:
    return Route(of_object=False, **more)


def house(*, method: str = "GET", **args: Any) -> Route:
    """A page of the installation itself."""
    return Route(args=lambda world: args, method=method, others="forbidden")


def see(name: str, **more: Any) -> Route:
    return Route(args=lambda world: {"pk": getattr(world, name).pk}, **more)


def do(name: str, right: Right, /, **data: Any) -> Route:
    return Route(right, args=lambda world: {"pk": getattr(world, name).pk}, method="POST", data=data)


def form(name: str = "", *, of_object: bool = False, **more: Any) -> Route:
    """`name`: the object of the world whose form it is."""
    if name:
        more["args"] = lambda world: {"pk": getattr(world, name).pk}
    return Route(method="POST", of_object=of_object or bool(name), **more)


MATRIX: dict[str, Route] = {
    # accounts
    "login": page(is_open=True),
    "logout": page(is_open=True, method="POST"),
    "language": page(is_open=True, method="POST", data={"language": "en"}),
    "theme": page(is_open=True, method="POST", data={"theme": "dark"}),
    "password": page(),
    "settings": page(),
    "settings_account": page(),
    "login_code": page(is_open=True),
    "confirmation": page(),
    "invitation": Route(args=lambda world: {"secret": world.invitation_secret}, is_open=True),
    "settings_tokens": page(),
    "settings_tokens_revocation": Route(
        args=lambda world: {"pk": world.token.pk}, method="POST", others="not found"
    ),
    "settings_people": page(right=Right.MANAGE_SELLER),
    "settings_people_invitations": Route(
        Right.MANAGE_SELLER,
        args=lambda world: {"pk": world.seller.pk},
        method="POST",
        data={"name": "Пётр", "role": "moderator"},
    ),
    "settings_people_invitation_withdrawal": do("invitation", Right.MANAGE_SELLER),
    "settings_people_role": do("membership", Right.MANAGE_SELLER, role="moderator"),
    "settings_people_removal": do("membership", Right.MANAGE_SELLER),
    "settings_people_everybody": page(others="forbidden"),
    "settings_people_person": see("person", others="forbidden"),
    "settings_people_activity": Route(
        args=lambda world: {"pk": world.person.pk}, method="POST", others="forbidden"
    ),
    "settings_people_superuser": Route(
        args=lambda world: {"pk": world.person.pk}, method="POST", others="forbidden"
    ),
    "settings_people_two_factor_reset": Route(
        args=lambda world: {"pk": world.person.pk}, method="POST", others="forbidden"
    ),
    "settings_people_password_link": Route(
        args=lambda world: {"pk": world.person.pk}, method="POST", others="forbidden"
    ),
    "settings_audit": page(right=Right.MANAGE_SELLER),
    "settings_audit_csv": page(right=Right.MANAGE_SELLER),
    "settings_sellers": page(right=Right.MANAGE_SELLER),
    "settings_sellers_new": page(others="forbidden"),
    "settings_sellers_seller": see("seller", right=Right.MANAGE_SELLER),
    "settings_security": page(),
    "settings_security_password": page(
        method="POST",
        data={"old": "wrong", "new": "a-window-full-of-hats", "again": "a-window-full-of-hats"},
        refuses=True,
    ),
    "settings_security_two_factor": page(),
    "settings_security_two_factor_off": page(
        method="POST", data={"password": "wrong", "code": "123456"}, refuses=True
    ),
    "settings_security_codes": page(method="POST"),
    "settings_security_other_sessions": page(method="POST"),
    "settings_security_session_ending": Route(
        args=lambda world: {"pk": world.browser_session.pk}, method="POST", others="not found"
    ),
    # console
    "today": page(),
    "welcome": page(others="forbidden"),
    "welcome_step": Route(args=lambda world: {"step": "seller"}, others="forbidden"),
    "welcome_skipping": page(method="POST", others="forbidden"),
    "products": page(),
    "product_selection": Route(
        Right.ENRICH,
        args=lambda world: {"deed": "enrichment"},
        of_object=False,
        query=lambda world: {"ids": world.product.pk},
    ),
    "product_selection_start": Route(
        Right.EDIT_CATALOGUE,
        args=lambda world: {"deed": "deletion"},
        method="POST",
        data={"count": "1"},
        of_object=False,
        data_of=lambda world: {"ids": world.product.pk},
    ),
    "product_choices": Route(args=lambda world: {"what": "categories"}, of_object=False),
    "view_saving": Route(
        method="POST", data={"name": "Мой вид", "query": "no_category=1"}, of_object=False, may_write=True
    ),
    "view_defaulting": Route(args=lambda world: {"pk": world.view.pk}, method="POST"),
    "view_deletion": do("view", Right.EDIT_CATALOGUE),
    "view_count": see("view"),
    "product": see("product"),
    "product_attribute_writing": do("product", Right.MODERATE, key="Длина", value="95 см"),
    "product_runs": do("product", Right.ENRICH, describe="1", categorize="auto"),
    "picture_file": Route(
        args=lambda world: {
            "seller_id": world.seller.pk,
            "digest": world.picture.digest,
            "size": "thumb",
        }
    ),
    "pictures_renewal": do("product", Right.IMPORT),
    "product_card": Route(Right.MODERATE, args=lambda world: {"pk": world.product.pk, "language": "ru"}),
    "edit_changes": see("edit"),
    "edit_undoing": do("edit", Right.MODERATE),
    "run_changes": see("log"),
    "run_redoing": do("log", Right.ENRICH),
    "run_undoing": do("log", Right.ENRICH),
    "run_repetition": do("log", Right.ENRICH),
    "live": Route(
        query=lambda world: {
            "topics": f"product:{world.product.pk},job:{world.job.pk},seller:{world.seller.pk}"
        }
    ),
    "health_live": page(is_open=True),
    "health_ready": page(is_open=True),
    "metrics": Route(installation=True),
    # engine
    "settings_engine": house(),
    "settings_engine_known": house(),
    "settings_engine_route": house(name="describe"),
    "settings_engine_route_reset": house(name="describe", method="POST"),
    "settings_engine_route_trial": house(name="describe", method="POST"),
    "settings_engine_route_trial_part": Route(
        args=lambda world: {"name": "describe", "pk": world.trial.pk}, others="forbidden"
    ),
    "settings_engine_provider_new": house(),
    "settings_engine_provider": house(name="gpu-1"),
    "settings_engine_key_removal": house(name="gpu-1", method="POST"),
    "settings_engine_forgetting": house(name="gpu-1", method="POST"),
    "settings_engine_models_inquiry": house(name="gpu-1", method="POST"),
    "settings_engine_models_part": Route(
        args=lambda world: {"name": "gpu-1", "pk": world.models_inquiry.pk}, others="forbidden"
    ),
    "settings_prices": house(),
    "settings_prices_removal": Route(
        method="POST", others="forbidden", data_of=lambda world: {"model": world.price.model}
    ),
    "settings_plans": house(),
    "settings_plans_new": house(),
    "settings_plans_plan": Route(args=lambda world: {"pk": world.plan.pk}, others="forbidden"),
    "settings_plans_deletion": Route(
        args=lambda world: {"pk": world.plan.pk}, method="POST", others="forbidden"
    ),
    "settings_usage": page(),
    "settings_runtime": house(),
    "calls": page(),
    "calls_csv": page(),
    "call": see("call"),
    "call_repetition": do("call", Right.ENRICH),
    "call_repetition_part": Route(args=lambda world: {"pk": world.call.pk, "job": world.repetition.pk}),
    # catalog
    "imports": page(),
    "import": see("import_run"),
    "import_explanation": do("draft", Right.IMPORT, explains="1", role_0="external_id", role_1="title"),
    "import_trial": do("draft", Right.IMPORT),
    "import_reading": do("draft", Right.IMPORT),
    "import_discarding": do("draft", Right.IMPORT),
    "import_repetition": do("import_run", Right.IMPORT),
    "import_broken_rows": see("import_run"),
    "import_broken_rows_xlsx": see("import_run"),
    "column_mapping_forgetting": do("mapping", Right.IMPORT),
    "import_enrichment": see("import_run", right=Right.ENRICH),
    "sources": page(),
    "source_addition": Route(Right.IMPORT, of_object=False),
    "source": see("source"),
    "source_change": see("source", right=Right.IMPORT),
    "source_look": do("source", Right.IMPORT),
    "source_taking": do("source", Right.IMPORT),
    "source_switching": do("source", Right.IMPORT, on="0"),
    "source_removal": do("source", Right.IMPORT),
    "exports": page(),
    "export": see("export_run"),
    "export_writing": do("export_run", Right.EXPORT),
    "export_discarding": do("export_run", Right.EXPORT),
    "export_repetition": do("export_run", Right.EXPORT),
    "export_file": see("export_run", right=Right.EXPORT),
    "export_report": see("export_run", right=Right.EXPORT),
    "pushes": page(),
    "push": see("push_run"),
    "push_beginning": do("push_run", Right.EXPORT),
    "push_ending": do("push_run", Right.EXPORT),
    "push_places": page(),
    "push_places_finding": Route(
        Right.EDIT_CATALOGUE, method="POST", data_of=lambda world: {"connection": world.connection.pk}
    ),
    "push_places_tree": Route(
        Right.EDIT_CATALOGUE, method="POST", data_of=lambda world: {"connection": world.connection.pk}
    ),
    "push_place": see("place"),
    "push_place_confirmation": do("place", Right.EDIT_CATALOGUE),
    "push_overwriting": Route(
        Right.EXPORT, args=lambda world: {"pk": world.push_run.pk, "card": world.pushed.pk}, method="POST"
    ),
    "product_picture_addition": do("product", Right.EDIT_CATALOGUE),
    "product_picture_removal": do("product_image", Right.EDIT_CATALOGUE),
    "product_picture_return": do("product_image", Right.EDIT_CATALOGUE),
    "product_picture_move": do("product_image", Right.EDIT_CATALOGUE, to="1"),
    "product_picture_choice": Route(Right.EDIT_CATALOGUE, args=lambda world: {"image": world.image.pk}),
    "product_shots": see("product"),
    "product_shot_addition": do("product", Right.ILLUSTRATE, kind="studio"),
    "product_similar": see("product"),
    "duplicates": page(),
    "duplicates_look": Route(
        Right.EDIT_CATALOGUE, method="POST", data_of=lambda world: {"seller": world.seller.pk}
    ),
    "duplicate_dismissal": do("pair", Right.EDIT_CATALOGUE),
    "categories": page(),
    "category": see("category"),
    "category_branch": see("category"),
    "category_quality": see("category"),
    "category_addition": Route(
        Right.EDIT_CATALOGUE,
        method="POST",
        data_of=lambda world: {"parent": world.category.pk, "name": "Сарафаны"},
    ),
    "category_tree": page(),
    "category_tree_sync": Route(Right.EDIT_CATALOGUE, method="POST", of_object=False),
    "category_naming": Route(
        Right.EDIT_CATALOGUE,
        args=lambda world: {"pk": world.category.pk},
        method="POST",
        data={"name": "Платья и сарафаны"},
    ),
    "category_moving": do("category", Right.EDIT_CATALOGUE, target=""),
    "category_merging": Route(
        Right.EDIT_CATALOGUE,
        args=lambda world: {"pk": world.category.pk},
        method="POST",
        data_of=lambda world: {"target": world.category.parent_id},
    ),
    "category_removal": do("category", Right.EDIT_CATALOGUE),
    "category_return": do("category", Right.EDIT_CATALOGUE),
    "category_attributes": see("category"),
    "category_attribute_writing": do(
        "category", Right.EDIT_CATALOGUE, name="Ширина", kind="number", unit="см"
    ),
    "category_attribute_removal": do("category", Right.EDIT_CATALOGUE, key="Длина"),
    "category_attribute_order": do("category", Right.EDIT_CATALOGUE, key="Длина", to="up"),
    "category_tree_file": page(),
    "category_synonyms": do("category", Right.EDIT_CATALOGUE, synonyms="сарафан"),
    # enrichment
    "moderation": page(),
    "moderation_next": page(method="POST"),
    "moderation_item": see("item"),
    "moderation_assignment": do("item", Right.MODERATE),
    "moderation_release": do("item", Right.MODERATE),
    "moderation_ahead": page(method="POST"),
    "moderation_releases": page(method="POST", data={"ids": "1"}),
    "moderation_holder": see("item"),
    "moderation_lease": do("item", Right.MODERATE),
    "moderation_skipping": do("item", Right.MODERATE),
    "moderation_undoing": do("item", Right.MODERATE),
    "moderation_bulk": Route(Right.MODERATE, of_object=False),
    "moderation_bulk_approvals": Route(
        Right.MODERATE,
        method="POST",
        of_object=False,
        data_of=lambda world: {"newest": world.item.pk},
    ),
    "moderation_approval": do("item", Right.MODERATE, despite_changes="1"),
    "moderation_rejection": do("item", Right.MODERATE, notes="не то"),
    "moderation_sending_back": do("item", Right.MODERATE, notes="короче"),
    "runs": page(),
    "runs_file": Route(Right.EXPORT, of_object=False),
    "run": see("log"),
    "run_comparison": see("log"),
    "templates": page(),
    "template_addition": Route(Right.EDIT_CATALOGUE, of_object=False),
    "templates_file": Route(Right.EDIT_CATALOGUE, method="POST", of_object=False),
    "template": see("template"),
    "template_change": Route(
        Right.EDIT_CATALOGUE,
        args=lambda world: {"pk": world.template.pk},
        method="POST",
        data={"name": "Платья", "language": "ru", "text": "Сшито на совесть, шаблон 7302."},
    ),
    "template_use": do("template", Right.EDIT_CATALOGUE, on="0"),
    "template_deletion": do("template", Right.EDIT_CATALOGUE),
    "template_trial": do("template", Right.EDIT_CATALOGUE),
    # books
    "books": page(),
    "book": see("book"),
    "book_change": do("book", Right.ILLUSTRATE, title="Другая книга", genre="horror", language="ru"),
    "book_removal": do("book", Right.ILLUSTRATE),
    "book_chapter": Route(args=lambda world: {"pk": world.book.pk, "number": 1}),
    "book_illustration": Route(
        Right.ILLUSTRATE, args=lambda world: {"pk": world.book.pk, "number": 1}, method="POST"
    ),
    "book_refinement": Route(
        Right.ILLUSTRATE, args=lambda world: {"pk": world.book.pk, "number": 1}, method="POST"
    ),
    "book_portraits": do("book", Right.ILLUSTRATE),
    "passage": see("passage"),
    "passage_english": do("passage", Right.ILLUSTRATE, english="a house at dusk"),
    "character_sheet_look": do("sheet", Right.ILLUSTRATE, look="grey coat"),
    # imagery
    "images": page(),
    "image": see("image"),
    "image_addition": page(right=Right.ILLUSTRATE),
    "image_change": see("image", right=Right.ILLUSTRATE),
    "image_repetition": do("image", Right.ILLUSTRATE),
    "image_cancellation": do("waiting_image", Right.ILLUSTRATE),
    "image_deletion": do("other_image", Right.ILLUSTRATE),
    "image_tile": see("image"),
    "settings_pictures": house(),
    "settings_pictures_move": house(name="openai", method="POST"),
    "settings_pictures_switching": house(name="openai", method="POST"),
    "settings_pictures_trial": house(name="placeholder", method="POST"),
    "image_comparison": Route(
        args=lambda world: {"pk": world.image.pk, "other": world.other_image.pk},
    ),
    "image_download": see("image"),
    "image_file": Route(
        args=lambda world: {"pk": world.image.pk, "digest": world.image.digest, "size": "thumb"}
    ),
    # vehicles
    "vehicles": page(),
    "vehicle_addition": Route(Right.ILLUSTRATE, of_object=False),
    "vehicle": see("vehicle"),
    "vehicle_change": see("vehicle", right=Right.ILLUSTRATE),
    "vehicle_removal": do("vehicle", Right.ILLUSTRATE),
    "vehicle_photo": do("vehicle", Right.ILLUSTRATE, away="1"),
    "vehicle_photo_file": Route(
        args=lambda world: {
            "pk": world.vehicle.pk,
            "digest": world.vehicle.photo_digest,
            "size": "thumb",
        }
    ),
    "vehicle_series": do("vehicle", Right.ILLUSTRATE, angles="front", session="CAR-73420000"),
    "car_angle": do("car_series", Right.ILLUSTRATE, angle="front"),
    "car_missing": do("car_series", Right.ILLUSTRATE),
    "car_upload": do("car_series", Right.ILLUSTRATE, angle="front"),
    "car_comparison": see("car_series"),
    "car_archive": see("car_series"),
    # inbox
    "inbox": page(),
    "inbox_reading": page(method="POST"),
    "inbox_absence": page(method="POST", data={"window": "a1"}),
    "interaction": see("interaction"),
    "interaction_presence": Route(
        args=lambda world: {"pk": world.interaction.pk}, method="POST", data={"window": "a1"}
    ),
    "interaction_next": see("interaction"),
    "interaction_talk": see("interaction"),
    "interaction_draft": see("interaction"),
    "interaction_head": see("interaction"),
    "interaction_answer": see("interaction"),
    "interaction_check": do("interaction", Right.REPLY, text="Здравствуйте! Спасибо за отзыв."),
    "interaction_drafting": do("interaction", Right.REPLY, force="1"),
    "interaction_reply": Route(
        Right.REPLY,
        args=lambda world: {"pk": world.interaction.pk},
        method="POST",
        data={"text": "Здравствуйте! Спасибо за отзыв.", "version": "1"},
        data_of=lambda world: {"last_reply": world.interaction.replies.get().pk},
    ),
    "interaction_editing": Route(
        Right.REPLY,
        args=lambda world: {"pk": world.interaction.pk},
        method="POST",
        data={"text": "Здравствуйте!", "stood": "Спасибо!"},
        refuses=True,
    ),
    "interaction_assignment": do("interaction", Right.REPLY),
    "interaction_note": do("interaction", Right.REPLY, note="перезвонить"),
    "interaction_closing": do("interaction", Right.REPLY),
    "interaction_opening": do("interaction", Right.REPLY),
    "interaction_canned": see("interaction", right=Right.REPLY),
    "inbox_approval": page(right=Right.REPLY, query=lambda world: {"ids": world.interaction.pk}),
    "inbox_approvals": Route(
        Right.REPLY,
        method="POST",
        of_object=False,
        data_of=lambda world: {
            "ids": world.interaction.pk,
            f"seal_{world.interaction.pk}": f"{world.interaction.draft_id}-1-{world.interaction.replies.get().pk}",
        },
    ),
    "inbox_library": page(),
    "inbox_library_addition": Route(
        Right.REPLY,
        method="POST",
        of_object=False,
        data_of=lambda world: {
            "seller": world.seller.pk,
            "kind": "review",
            "question": "Рукав порвался",
            "answer": "Здравствуйте! Рукав усилили.",
        },
    ),
    "inbox_library_use": do("library_answer", Right.REPLY, on="0"),
    "inbox_library_deletion": do("library_answer", Right.REPLY),
    "inbox_canned": page(),
    "inbox_canned_addition": page(right=Right.REPLY),
    "inbox_canned_change": see("canned", right=Right.REPLY),
    "inbox_canned_deletion": do("canned", Right.REPLY),
    "inbox_canned_place": do("canned", Right.REPLY, to="1"),
    "settings_inbox": page(right=Right.MANAGE_SELLER),
    "settings_inbox_seller": see("seller", right=Right.MANAGE_SELLER),
    "settings_inbox_stopping": do("seller", Right.MANAGE_SELLER),
    "inbox_statistics": page(),
    "inbox_statistics_csv": page(),
    "interaction_visit": do("interaction", Right.REPLY, version="1"),
    # jobs
    "jobs": page(),
    "job": see("job"),
    "job_queues": page(),
    "job_schedule": page(others="forbidden"),
    "job_schedule_run": page(method="POST", others="forbidden", args=lambda world: {"name": "jobs.clean_up"}),
    "job_schedule_switch": page(
        method="POST",
        others="forbidden",
        args=lambda world: {"name": "jobs.clean_up"},
        data={"on": "0"},
    ),
    "job_workers": page(others="forbidden"),
    "job_failures_retrial": Route(
        Right.MANAGE_JOBS,
        method="POST",
        of_object=False,
        data={"kind": "enrichment.run", "reason": "NoAnswer"},
    ),
    "job_failures_dropping": Route(
        Right.MANAGE_JOBS,
        method="POST",
        of_object=False,
        data={"kind": "enrichment.run", "reason": "NoAnswer"},
    ),
    "job_pausing": do("job", Right.MANAGE_JOBS),
    "job_resumption": do("job", Right.MANAGE_JOBS),
    "job_cancellation": do("job", Right.ENRICH),
    "job_retrial": do("dead_job", Right.MANAGE_JOBS),
    "job_dropping": do("dead_job", Right.MANAGE_JOBS),
    # channels
    "settings_channels": page(right=Right.MANAGE_SELLER),
    "settings_channels_new": page(right=Right.MANAGE_SELLER, query=lambda world: {"platform": "wildberries"}),
    "settings_channels_connection": see("connection", right=Right.MANAGE_SELLER),
    "settings_channels_credentials": see("connection", right=Right.MANAGE_SELLER),
    "settings_channels_probe": do("connection", Right.MANAGE_SELLER),
    "settings_channels_switching": do("connection", Right.MANAGE_SELLER, on="0"),
    "settings_channels_removal": do("connection", Right.MANAGE_SELLER),
    # webhooks
    "settings_webhooks": page(right=Right.MANAGE_SELLER),
    "settings_webhooks_new": page(right=Right.MANAGE_SELLER),
    "settings_webhooks_endpoint": see("endpoint", right=Right.MANAGE_SELLER),
    "settings_webhooks_change": see("endpoint", right=Right.MANAGE_SELLER),
    "settings_webhooks_switching": do("endpoint", Right.MANAGE_SELLER, on="0"),
    "settings_webhooks_secret": do("endpoint", Right.MANAGE_SELLER),
    "settings_webhooks_test": do("endpoint", Right.MANAGE_SELLER),
    "settings_webhooks_removal": do("endpoint", Right.MANAGE_SELLER),
    "settings_webhooks_delivery": see("delivery", right=Right.MANAGE_SELLER),
    "settings_webhooks_redelivery": do("delivery", Right.MANAGE_SELLER),
}
# Pages that also take a form at the address where they show it.
FORMS: dict[str, Route] = {
    "login": form(is_open=True),
    "password": form(),
    "settings_account": form(may_write=True),
    "login_code": form(is_open=True),
    "confirmation": form(),
    "invitation": form(args=lambda world: {"secret": world.invitation_secret}, is_open=True, may_write=True),
    "settings_tokens": form(),
    "settings_sellers_new": form(others="forbidden"),
    "settings_sellers_seller": form("seller", right=Right.MANAGE_SELLER),
    "settings_security_two_factor": form(),
    "welcome_step": form(args=lambda world: {"step": "seller"}, others="forbidden"),
    "product_card": form(
        right=Right.MODERATE, args=lambda world: {"pk": world.product.pk, "language": "ru"}, of_object=True
    ),
    "settings_engine_route": form(args=lambda world: {"name": "describe"}, others="forbidden", refuses=True),
    "settings_engine_provider_new": form(others="forbidden", data={"name": "gpu-2"}),
    "settings_engine_provider": form(args=lambda world: {"name": "gpu-1"}, others="forbidden"),
    "settings_prices": form(others="forbidden", refuses=True),
    "settings_plans": form(others="forbidden"),
    "settings_plans_new": form(others="forbidden", refuses=True),
    "settings_plans_plan": form("plan", others="forbidden", refuses=True),
    "settings_runtime": form(others="forbidden", data={"name": "autoapply.target", "value": "97"}),
    "imports": form(
        right=Right.IMPORT,
        data_of=lambda world: {"seller": world.seller.pk, "url": "https://feeds.example/a.yml"},
    ),
    "import_enrichment": form("import_run", right=Right.ENRICH),
    "source_addition": form(
        right=Right.IMPORT,
        data_of=lambda world: {
            "seller": world.seller.pk,
            "place": "page",
            "address": "https://supplier.example/p/7311",
        },
    ),
    "books": form(right=Right.ILLUSTRATE),
    "image_addition": form(
        right=Right.ILLUSTRATE,
        data_of=lambda world: {"seller": world.seller.pk, "text": "Маяк в тумане, картина 7331"},
    ),
    "image_change": form("image", right=Right.ILLUSTRATE, data={"ratio": "1:1"}),
    "vehicle_addition": form(
        right=Right.ILLUSTRATE,
        data_of=lambda world: {"seller": world.seller.pk, "brand": "Kia", "model": "Rio 7343"},
    ),
    "vehicle_change": form("vehicle", right=Right.ILLUSTRATE, data={"brand": "Kia", "model": "Rio 7344"}),
    "product_picture_choice": form(
        of_object=True,
        right=Right.EDIT_CATALOGUE,
        args=lambda world: {"image": world.image.pk},
        data_of=lambda world: {"product": world.product.pk},
    ),
    "source_change": form(
        "source", right=Right.IMPORT, data={"address": "https://supplier.example/p/7312", "name": "Поставщик"}
    ),
    "exports": form(
        right=Right.EXPORT,
        data_of=lambda world: {
            "seller": world.seller.pk,
            "target": "shop",
            "file_format": "csv",
            "language": "ru",
        },
    ),
    "push_place": form("place", right=Right.EDIT_CATALOGUE, data={"v-5": "Хлопок 7308"}),
    "pushes": form(
        right=Right.EXPORT,
        data_of=lambda world: {"connection": world.connection.pk, "language": "ru", "parts": ["texts"]},
    ),
    "category_tree": form(right=Right.EDIT_CATALOGUE),
    "inbox_canned_addition": form(
        right=Right.REPLY,
        data_of=lambda world: {"seller": world.seller.pk, "name": "Цвет", "key": "цвет", "text": "Проверим."},
    ),
    "inbox_canned_change": form(
        "canned", right=Right.REPLY, data={"name": "Молния", "key": "молния", "text": "Проверим молнию 7305."}
    ),
    "template_addition": form(
        right=Right.EDIT_CATALOGUE,
        data_of=lambda world: {
            "seller": world.seller.pk,
            "name": "Юбки",
            "language": "ru",
            "text": "Юбка для прогулок, шаблон 7303.",
        },
    ),
    "settings_inbox_seller": form(
        "seller",
        right=Right.MANAGE_SELLER,
        data={"auto_from_stars": "5", "batch_size": "7", "version": "1"},
    ),
    "settings_channels_new": form(right=Right.MANAGE_SELLER),
    "settings_channels_credentials": form(
        "connection", right=Right.MANAGE_SELLER, data={"token": "another-token-of-wildberries"}
    ),
    "settings_webhooks_new": form(
        right=Right.MANAGE_SELLER,
        data_of=lambda world: {
            "seller": world.seller.pk,
            "url": "https://shop.example/",
            "kinds": "job.failed",
            "name": "Склад",
        },
    ),
    "settings_webhooks_change": form("endpoint", right=Right.MANAGE_SELLER),
}
# Django's own: the admin asks for is_staff and is walked by its own test below.
OTHERS = {"admin_sign_in"}

# Where the sign-in page is the right answer to everybody.
SEND_TO_SIGN_IN = {"logout", "login_code"}

PEOPLE = [*(role.value for role in Role), "of two sellers", "stranger", "nobody", "superuser"]


def routes() -> set[str]:
    found: set[str] = set()

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                if pattern.namespace != "admin":
                    walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern):
                found.add(pattern.name or str(pattern.pattern))

    walk(get_resolver().url_patterns)
    return found


def test_every_route_stands_in_the_matrix() -> None:
    # Doors of the API have their own table, by method: test_api_matrix.py.
    pages = {name for name in routes() if not name.startswith("api_")}
    assert pages == set(MATRIX) | OTHERS


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


def person(who: str, seller: Seller, other_seller: Seller) -> User | None:
    if who == "nobody":
        return None
    if who == "superuser":
        return factories.user(who, is_superuser=True)
    if who == "stranger":
        return factories.user(who, seller=other_seller, role=Role.ADMIN)
    if who == "of two sellers":
        # What they may do in the one gives them nothing in the other.
        user = factories.user(who, seller=other_seller, role=Role.ADMIN)
        Membership.objects.create(user=user, seller=seller, role=Role.READ_ONLY)
        return user
    return factories.user(who, seller=seller, role=Role(who))


@contextmanager
def undone() -> Iterator[list[str]]:
    """The statements that write, as they are sent. What is done in here has not happened afterwards."""
    written: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not READS.match(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(look):
            yield written
        transaction.set_rollback(True)
    cache.clear()
    runtime_settings.forget()
    wanting.forget()


READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK)\b")


def trace() -> list[Any]:
    """What somebody else's deeds must leave as it was."""
    return [
        AuditEntry.objects.count(),
        JobEvent.objects.count(),
        list(Job.objects.order_by("pk").values_list("pk", "state", "paused_at", "cancel_requested")),
        list(ProcessingLog.objects.order_by("pk").values_list("pk", "status", "undone_at")),
        list(ModerationItem.objects.order_by("pk").values_list("pk", "resolution", "assignee_id")),
        list(Product.objects.order_by("pk").values_list("pk", "version")),
        list(Category.objects.order_by("pk").values_list("pk", "path", "synonyms", "is_active")),
        list(Import.objects.order_by("pk").values_list("pk", "state", "options", "trial")),
        ColumnMapping.objects.count(),
        list(Source.objects.order_by("pk").values_list("pk", "address", "is_on", "job_id")),
        list(Interaction.objects.order_by("pk").values_list("pk", "status", "assignee_id", "note")),
        Reply.objects.count(),
        list(InboxSettings.objects.order_by("pk").values_list("pk", "version")),
        list(ContentTemplate.objects.order_by("pk").values_list("pk", "text", "is_active")),
        list(Membership.objects.order_by("pk").values_list("pk", "role")),
        list(Invitation.objects.order_by("pk").values_list("pk", "withdrawn_at", "used_at")),
        list(ApiToken.objects.order_by("pk").values_list("pk", "revoked_at")),
        Import.objects.count(),
        Export.objects.count(),
        list(Connection.objects.order_by("pk").values_list("pk", "credentials", "is_on", "shown")),
        list(Endpoint.objects.order_by("pk").values_list("pk", "secret", "off_at", "removed_at")),
        list(Delivery.objects.order_by("pk").values_list("pk", "state")),
    ]


def expected(route: Route, who: str) -> str:
    """ "in", "sign in", "forbidden" or "not found"."""
    if route.is_open:
        return "in"
    if route.installation:
        return "in" if who == "superuser" else "forbidden"
    if who == "nobody":
        return "sign in"
    if who == "superuser":
        return "in"
    if route.others:
        return route.others
    if who == "stranger":
        # A page of lists is theirs to see; what they ask for by id isn't there for them.
        return "not found" if route.of_object else "in"
    if who == "of two sellers":
        may = route.right in (None, Right.VIEW) or not route.of_object
    else:
        may = route.right is None or allows(who, route.right)
    return "in" if may else "forbidden"


@pytest.mark.parametrize("who", PEOPLE)
def test_every_route_answers_them_as_it_should(
    who: str, world: World, seller: Seller, other_seller: Seller
) -> None:
    client, user = Client(), person(who, seller, other_seller)
    if user is not None:
        client.force_login(user)
        client.get(reverse("settings"))  # the first visit of a session is noted
    session, standing, wrong = client.cookies.output(header=""), trace(), {}
    for name, route in [*MATRIX.items(), *FORMS.items()]:
        client.cookies = SimpleCookie(session)
        wanted = expected(route, who)
        with undone() as written:
            response = visit(client, name, route, world)
            problem = problem_with(response, wanted, name, statuses_of(route, who))
            if wanted != "in":
                problem += "".join(f" refused, and yet {sql[:200]}" for sql in written)
            elif is_none_of_theirs(route, who) and written and trace() != standing:
                problem += " it is another seller's, and changed"
        if problem:
            wrong[f"{route.method} {name}"] = problem
    assert wrong == {}


def visit(client: Client, name: str, route: Route, world: World) -> Any:
    address = reverse(name, kwargs=route.args(world))
    if route.method == "POST":
        response: Any = client.post(address, route.data | route.data_of(world))
    else:
        response = client.get(address, route.query(world))
    for close in response._resource_closers:  # without the signal that would close the test's connection
        close()
    return response


def problem_with(response: Any, wanted: str, name: str, statuses: tuple[int, ...]) -> str:
    """What is wrong with the answer; empty when nothing is."""
    status, location = response.status_code, response.headers.get("Location", "")
    is_sign_in = status == 302 and location.split("?")[0] == "/login/" and name not in SEND_TO_SIGN_IN
    is_right = {
        "sign in": is_sign_in,
        "forbidden": status == 403,
        "not found": status == 404,
        "in": status in statuses and not is_sign_in,
    }[wanted]
    return "" if is_right else f"{wanted} was wanted, got {status} {location}"


def statuses_of(route: Route, who: str) -> tuple[int, ...]:
    """Of whoever may come in. A form that names another's seller comes back with its error, or isn't taken."""
    if is_none_of_theirs(route, who):
        return (200, 204, 302, 403, 404, 422)
    return (422,) if route.refuses else (200, 204, 302)


def is_none_of_theirs(route: Route, who: str) -> bool:
    """They may come in, and what this seller has is still not theirs to change."""
    return who in ("stranger", "of two sellers") and not route.of_object and not route.may_write


def test_every_form_stands_in_the_table(world: World) -> None:
    client = Client()
    client.force_login(factories.user("superuser", is_superuser=True))
    takes = set()
    for name, route in MATRIX.items():
        if route.method == "GET":
            with undone():
                if client.post(reverse(name, kwargs=route.args(world))).status_code != 405:
                    takes.add(name)
    assert takes == set(FORMS)


POSTS = {name: route for name, route in MATRIX.items() if route.method == "POST"}


def test_a_deed_is_never_done_by_get(world: World, alice: User, client: Client) -> None:
    client.force_login(alice)
    client.get(reverse("settings"))
    for name, route in POSTS.items():
        with undone() as written:
            assert client.get(reverse(name, kwargs=route.args(world))).status_code == 405, name
        assert written == [], name


def test_a_deed_needs_the_token_of_its_page(world: World, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.get(reverse("settings"))
    for name, route in [*POSTS.items(), *FORMS.items()]:
        with undone() as written:
            assert visit(client, name, route, world).status_code == 403, name
        assert written == [], name


def test_lists_hold_nothing_of_another_seller(world: World, charlie: User, client: Client) -> None:
    client.force_login(charlie)
    for name in (
        "today",
        "products",
        "imports",
        "sources",
        "exports",
        "pushes",
        "push_places",
        "categories",
        "moderation",
        "inbox",
        "inbox_library",
        "inbox_canned",
        "runs",
        "templates",
        "jobs",
        "calls",
        "calls_csv",
    ):
        response = client.get(reverse(name))
        body = b"".join(response.streaming_content) if response.streaming else response.content
        words = body.decode()
        for foreign in (
            world.product.title,
            world.seller.name,
            world.job.title,
            world.import_run.file_name,
            world.source.name,
            world.template.text,
            world.call.generator,
            world.interaction.text,
            world.interaction.buyer,
            world.canned.text,
            world.library_answer.answer,
        ):
            assert foreign not in words, (name, foreign)


def test_the_admin_is_closed_to_members_and_signs_in_by_the_one_door(alice: User, client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/login/?next=/admin/"
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302
