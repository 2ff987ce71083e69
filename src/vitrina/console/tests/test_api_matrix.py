"""Every operation of the API × every role × two sellers × nobody × what a token's scopes say.

An operation that is not in the table fails the suite.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import ApiToken, Seller, User
from vitrina.accounts.roles import Right, Role, allows
from vitrina.console.tests.test_matrix import PEOPLE, person, undone
from vitrina.console.tests.world import World, make
from vitrina.rest.doors import Door

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_refusals")]

Of = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """`of_object` False: a list, a stranger sees their own. `ok`: the statuses of whoever may."""

    right: Right = Right.VIEW
    args: Of = lambda world: {}
    body: Of | None = None
    of_object: bool = True
    ok: tuple[int, ...] = (200,)
    is_open: bool = False


def lists(**more: Any) -> Row:
    return Row(of_object=False, **more)


def see(name: str, **more: Any) -> Row:
    return Row(args=lambda world: {"pk": getattr(world, name).pk}, **more)


MATRIX: dict[tuple[str, str], Row] = {
    ("GET", "api_docs"): Row(is_open=True),
    ("GET", "api_description"): Row(is_open=True),
    ("GET", "api_sellers"): lists(),
    ("GET", "api_seller"): see("seller"),
    # console
    ("GET", "api_usage"): lists(),
    ("GET", "api_settings"): lists(),
    # books
    ("GET", "api_books"): lists(),
    ("POST", "api_books"): Row(
        right=Right.ILLUSTRATE,
        body=lambda world: {
            "seller": world.seller.pk,
            "text": "Глава 1\n\nДом стоял над рекой.",
            "genre": "horror",
        },
        ok=(202,),
    ),
    ("GET", "api_book"): see("book"),
    ("PATCH", "api_book"): see("book", right=Right.ILLUSTRATE, body=lambda world: {"title": "Дом 7341"}),
    ("DELETE", "api_book"): see("book", right=Right.ILLUSTRATE, ok=(204,)),
    ("GET", "api_book_chapters"): see("book"),
    ("GET", "api_book_chapter"): Row(args=lambda world: {"pk": world.book.pk, "number": 1}),
    ("POST", "api_book_illustrate"): Row(
        right=Right.ILLUSTRATE,
        args=lambda world: {"pk": world.other_book.pk, "number": 1},
        body=lambda world: {"most": 3},
        ok=(202,),
    ),
    ("POST", "api_book_refine"): Row(
        right=Right.ILLUSTRATE, args=lambda world: {"pk": world.book.pk, "number": 1}, ok=(202,)
    ),
    ("POST", "api_book_portraits"): see("other_book", right=Right.ILLUSTRATE, ok=(202,)),
    ("GET", "api_book_passages"): see("book"),
    ("GET", "api_book_sheets"): see("book"),
    ("GET", "api_passage"): see("passage"),
    ("PATCH", "api_passage"): see(
        "passage", right=Right.ILLUSTRATE, body=lambda world: {"english": "a house at dusk"}
    ),
    ("POST", "api_passage_illustrate"): see("passage", right=Right.ILLUSTRATE, ok=(202,)),
    ("PATCH", "api_character_sheet"): see(
        "sheet", right=Right.ILLUSTRATE, body=lambda world: {"look": "grey coat"}
    ),
    # imagery
    ("GET", "api_images"): lists(),
    ("GET", "api_image"): see("image"),
    ("POST", "api_images"): Row(
        right=Right.ILLUSTRATE,
        body=lambda world: {"seller": world.seller.pk, "text": "A lighthouse in the fog", "ratio": "4:3"},
        ok=(202,),
    ),
    ("POST", "api_image_redo"): see("image", right=Right.ILLUSTRATE, body=lambda world: {}, ok=(202,)),
    ("DELETE", "api_image"): see("other_image", right=Right.ILLUSTRATE, ok=(204,)),
    ("GET", "api_image_services"): lists(),
    ("GET", "api_image_series_list"): lists(),
    ("GET", "api_image_series"): see("car_series"),
    # vehicles
    ("GET", "api_vehicles"): lists(),
    ("POST", "api_vehicles"): Row(
        right=Right.ILLUSTRATE,
        body=lambda world: {"seller": world.seller.pk, "brand": "Kia", "model": "Rio 7345"},
        ok=(201,),
    ),
    ("POST", "api_vehicle_ad"): lists(body=lambda world: {"text": "Kia Rio 2019, белый седан"}),
    ("GET", "api_vehicle"): see("vehicle"),
    ("PATCH", "api_vehicle"): see("vehicle", right=Right.ILLUSTRATE, body=lambda world: {"year": 2020}),
    ("DELETE", "api_vehicle"): see("vehicle", right=Right.ILLUSTRATE, ok=(204,)),
    ("GET", "api_vehicle_photo"): see("vehicle"),
    ("PUT", "api_vehicle_photo"): see("vehicle", right=Right.ILLUSTRATE, body=lambda world: {}, ok=(422,)),
    ("DELETE", "api_vehicle_photo"): see("vehicle", right=Right.ILLUSTRATE, ok=(204,)),
    ("GET", "api_vehicle_images"): see("vehicle"),
    ("POST", "api_vehicle_series"): see(
        "vehicle", right=Right.ILLUSTRATE, body=lambda world: {"angles": ["front"]}, ok=(202,)
    ),
    ("GET", "api_car_series"): see("car_series"),
    ("POST", "api_car_angles"): see(
        "car_series", right=Right.ILLUSTRATE, body=lambda world: {"angle": "front"}, ok=(202,)
    ),
    ("POST", "api_car_uploads"): see("car_series", right=Right.ILLUSTRATE, body=lambda world: {}, ok=(422,)),
    ("GET", "api_car_archive"): see("car_series"),
    ("GET", "api_image_file"): Row(args=lambda world: {"pk": world.image.pk, "size": "thumb"}),
    # inbox
    ("GET", "api_canned_answers"): lists(),
    ("POST", "api_canned_answers"): Row(
        right=Right.REPLY,
        body=lambda world: {
            "seller": world.seller.pk,
            "name": "Про размер",
            "key": "размер",
            "text": "Здравствуйте, {buyer}!",
        },
        ok=(201,),
    ),
    ("GET", "api_canned_answer"): see("canned"),
    ("PATCH", "api_canned_answer"): see("canned", right=Right.REPLY, body=lambda world: {"place": 1}),
    ("DELETE", "api_canned_answer"): see("canned", right=Right.REPLY, ok=(204,)),
    ("GET", "api_inbox_settings"): see("seller", right=Right.MANAGE_SELLER),
    ("PATCH", "api_inbox_settings"): see(
        "seller", right=Right.MANAGE_SELLER, body=lambda world: {"batch_size": 7}
    ),
    # jobs
    ("GET", "api_jobs"): lists(),
    ("GET", "api_job"): see("job"),
    ("GET", "api_job_events"): see("job"),
    ("POST", "api_job_cancel"): see("job", right=Right.ENRICH),
    ("POST", "api_job_retry"): see("dead_job", right=Right.MANAGE_JOBS),
    # webhooks
    ("GET", "api_webhooks"): lists(right=Right.MANAGE_SELLER),
    ("POST", "api_webhooks"): Row(
        right=Right.MANAGE_SELLER,
        body=lambda world: {
            "seller": world.seller.pk,
            "url": "https://shop.example/",
            "kinds": ["job.failed"],
        },
        ok=(201,),
    ),
    ("GET", "api_webhook"): see("endpoint", right=Right.MANAGE_SELLER),
    ("PATCH", "api_webhook"): see("endpoint", right=Right.MANAGE_SELLER, body=lambda world: {"is_on": False}),
    ("DELETE", "api_webhook"): see("endpoint", right=Right.MANAGE_SELLER, ok=(204,)),
    ("POST", "api_webhook_secret"): see("endpoint", right=Right.MANAGE_SELLER),
    ("POST", "api_webhook_test"): see("endpoint", right=Right.MANAGE_SELLER, ok=(202,)),
    ("GET", "api_webhook_deliveries"): see("endpoint", right=Right.MANAGE_SELLER),
    ("GET", "api_webhook_delivery"): see("delivery", right=Right.MANAGE_SELLER),
    ("POST", "api_webhook_redelivery"): see("delivery", right=Right.MANAGE_SELLER, ok=(202,)),
    # inbox
    ("GET", "api_interactions"): lists(),
    ("GET", "api_interactions_stats"): lists(),
    ("GET", "api_interactions_readings"): lists(),
    ("POST", "api_interactions_sync"): Row(
        right=Right.REPLY, body=lambda world: {"seller": world.seller.pk}, ok=(202,)
    ),
    ("GET", "api_interaction"): see("interaction"),
    ("PATCH", "api_interaction"): see(
        "interaction", right=Right.REPLY, body=lambda world: {"status": "closed", "note": "ждём склад"}
    ),
    ("GET", "api_interaction_messages"): see("interaction"),
    ("GET", "api_interaction_drafts"): see("interaction"),
    ("POST", "api_interaction_drafts"): see(
        "interaction", right=Right.REPLY, body=lambda world: {"force_regenerate": True}, ok=(202,)
    ),
    ("GET", "api_interaction_replies"): see("interaction"),
    ("POST", "api_interaction_replies"): see(
        "interaction",
        right=Right.REPLY,
        body=lambda world: {"text": "Здравствуйте! Жаль, что молния подвела, передали мастерам."},
        ok=(202,),
    ),
    # enrichment
    ("GET", "api_logs"): lists(),
    ("GET", "api_log"): see("log"),
    ("POST", "api_log_approve"): Row(
        right=Right.MODERATE,
        args=lambda world: {"pk": world.item.log_id},
        body=lambda world: {"despite_changes": True},
    ),
    ("POST", "api_log_reject"): Row(
        right=Right.MODERATE,
        args=lambda world: {"pk": world.item.log_id},
        body=lambda world: {"notes": "не то"},
    ),
    ("POST", "api_log_reprocess"): see("log", right=Right.ENRICH, ok=(202,)),
    ("GET", "api_moderation"): lists(),
    ("GET", "api_moderation_item"): see("item"),
    ("POST", "api_moderation_assign"): see("item", right=Right.MODERATE),
    ("POST", "api_moderation_release"): see("item", right=Right.MODERATE),
    ("POST", "api_moderation_resolve"): see(
        "item", right=Right.MODERATE, body=lambda world: {"decision": "reject"}
    ),
    ("GET", "api_templates"): lists(),
    ("POST", "api_templates"): Row(
        right=Right.EDIT_CATALOGUE,
        body=lambda world: {
            "seller": world.seller.pk,
            "name": "Юбки",
            "text": "<p>Юбка для прогулок и для дел.</p>",
        },
        ok=(201,),
    ),
    ("GET", "api_template"): see("template"),
    ("PATCH", "api_template"): see(
        "template", right=Right.EDIT_CATALOGUE, body=lambda world: {"is_active": False}
    ),
    ("DELETE", "api_template"): see("template", right=Right.EDIT_CATALOGUE, ok=(204,)),
    ("POST", "api_process_product"): see("product", right=Right.ENRICH, body=lambda world: {}, ok=(202,)),
    ("POST", "api_process_batch"): Row(
        right=Right.ENRICH, body=lambda world: {"seller": world.seller.pk}, ok=(202,)
    ),
    ("GET", "api_stats"): lists(),
    # catalog
    ("GET", "api_products"): lists(),
    ("GET", "api_product"): see("product"),
    ("PATCH", "api_product"): see(
        "product",
        right=Right.EDIT_CATALOGUE,
        body=lambda world: {"title": "Платье моими словами", "despite_findings": True},
    ),
    ("GET", "api_product_attributes"): see("product"),
    ("PUT", "api_product_attributes"): see(
        "product",
        right=Right.EDIT_CATALOGUE,
        body=lambda world: {"values": {"Длина": "95 см"}},
    ),
    ("GET", "api_product_similar"): see("product"),
    ("GET", "api_categories"): lists(),
    ("GET", "api_category"): see("category"),
    ("GET", "api_category_attributes"): see("category"),
    ("PUT", "api_category_attributes"): see(
        "category",
        right=Right.EDIT_CATALOGUE,
        body=lambda world: {"attributes": [{"name": "Длина", "kind": "number", "unit": "см"}]},
    ),
    ("PUT", "api_category_synonyms"): see(
        "category", right=Right.EDIT_CATALOGUE, body=lambda world: {"synonyms": ["сарафан"]}
    ),
    ("GET", "api_imports"): lists(),
    ("POST", "api_imports"): Row(
        right=Right.IMPORT,
        body=lambda world: {"seller": world.seller.pk, "url": "https://feeds.example/a.yml"},
        ok=(202,),
    ),
    ("GET", "api_import"): see("import_run"),
    ("GET", "api_import_rows"): see("import_run"),
    ("GET", "api_sources"): lists(),
    ("POST", "api_sources"): Row(
        right=Right.IMPORT,
        body=lambda world: {
            "seller": world.seller.pk,
            "kind": "page",
            "address": "https://supplier.example/1",
        },
        ok=(201,),
    ),
    ("GET", "api_source"): see("source"),
    ("PATCH", "api_source"): see("source", right=Right.IMPORT, body=lambda world: {"is_on": False}),
    ("DELETE", "api_source"): see("source", right=Right.IMPORT, ok=(204,)),
    ("GET", "api_source_looks"): see("source"),
    ("POST", "api_source_looks"): see("source", right=Right.IMPORT, body=lambda world: {}, ok=(202,)),
    ("GET", "api_exports"): lists(),
    ("POST", "api_exports"): Row(
        right=Right.EXPORT,
        body=lambda world: {"seller": world.seller.pk, "target": "shop", "format": "csv"},
        ok=(202,),
    ),
    ("GET", "api_export"): see("export_run"),
    ("GET", "api_picture_file"): Row(args=lambda world: {"pk": world.picture.pk, "size": "thumb"}),
    ("GET", "api_export_file"): see("export_run", right=Right.EXPORT),
    ("GET", "api_export_report"): see("export_run", right=Right.EXPORT),
    ("GET", "api_places"): lists(),
    ("POST", "api_places_finding"): Row(
        right=Right.EDIT_CATALOGUE, body=lambda world: {"connection": world.connection.pk}, ok=(202,)
    ),
    ("GET", "api_place"): see("place"),
    ("POST", "api_place_confirmation"): see("place", right=Right.EDIT_CATALOGUE, body=lambda world: {}),
    ("PUT", "api_place_values"): see(
        "place", right=Right.EDIT_CATALOGUE, body=lambda world: {"values": {"5": "Хлопок 7309"}}
    ),
    ("GET", "api_pushes"): lists(),
    ("POST", "api_pushes"): Row(
        right=Right.EXPORT, body=lambda world: {"connection": world.connection.pk}, ok=(202,)
    ),
    ("GET", "api_push"): see("push_run"),
    ("GET", "api_push_cards"): see("push_run"),
    ("POST", "api_push_beginning"): see("push_run", right=Right.EXPORT),
    ("POST", "api_push_ending"): see("push_run", right=Right.EXPORT),
    ("POST", "api_push_overwriting"): Row(
        right=Right.EXPORT, args=lambda world: {"pk": world.push_run.pk, "card": world.pushed.pk}
    ),
}


def operations() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and (pattern.name or "").startswith("api_"):
                door = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
                if door is None:
                    found.add(("GET", str(pattern.name)))
                    continue
                assert issubclass(door, Door), f"{pattern.name} is no Door"
                for method in ("get", "post", "put", "patch", "delete"):
                    if hasattr(door, method):
                        assert hasattr(getattr(door, method), "operation"), f"{pattern.name} {method}"
                        found.add((method.upper(), str(pattern.name)))

    walk(get_resolver().url_patterns)
    return found


def test_every_operation_stands_in_the_matrix() -> None:
    assert operations() == set(MATRIX)


@pytest.fixture(autouse=True)
def _fresh_minute() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


def ask(client: Client, key: tuple[str, str], world: World, secret: str | None = None) -> Any:
    """`secret` None: by the session of the client, if it has one."""
    method, name = key
    row = MATRIX[key]
    address = reverse(name, kwargs=row.args(world))
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    if row.body is None:
        response: Any = client.generic(method, address, headers=headers)
    else:
        response = client.generic(
            method, address, json.dumps(row.body(world)), content_type="application/json", headers=headers
        )
    for close in response._resource_closers:  # without the signal that would close the connection
        close()
    return response


def wanted(row: Row, who: str) -> tuple[int, ...]:
    if row.is_open:
        return (200,)
    if who == "nobody":
        return (401,)
    if who == "superuser":
        return row.ok
    if who == "stranger":
        return (404,) if row.of_object else row.ok
    if who == "of two sellers":
        return row.ok if row.right is Right.VIEW or not row.of_object else (403,)
    return row.ok if allows(who, row.right) else (403,)


EVERY_RIGHT = frozenset(right.value for right in Right)


def secrets_of(user: User) -> dict[frozenset[str], str]:
    """A token for every set of scopes that the table asks with: each right alone, and all but that one."""
    secrets = {}
    for right in {row.right for row in MATRIX.values()}:
        for scopes in ({right.value}, EVERY_RIGHT - {right.value}):
            secrets[frozenset(scopes)] = tokens.issue(user, "matrix", sorted(scopes)).secret
    ApiToken.objects.filter(user=user).update(last_used_at=timezone.now())  # the first use is noted
    return secrets


@pytest.mark.parametrize("who", PEOPLE)
def test_every_operation_answers_them_as_it_should(
    who: str, world: World, seller: Seller, other_seller: Seller
) -> None:
    user = person(who, seller, other_seller)
    signed_in, program = Client(), Client()
    secrets: dict[frozenset[str], str] = {}
    if user is not None:
        signed_in.force_login(user)
        signed_in.get(reverse("api_settings"))  # the first visit of a session is noted
        secrets = secrets_of(user)
    wrong = {}
    for key, row in MATRIX.items():
        may = wanted(row, who)
        scope = frozenset({row.right.value})
        ways: dict[str, tuple[Client, str | None, tuple[int, ...]]] = {
            "by session": (signed_in, None, may),
            "with its scope": (program, secrets.get(scope), may),
            "with all other scopes": (
                program,
                secrets.get(EVERY_RIGHT - scope),
                may if row.is_open or user is None else (403,),
            ),
        }
        for way, (client, secret, statuses) in ways.items():
            with undone() as written:
                response = ask(client, key, world, secret)
                status = response.status_code
            problem = "" if status in statuses else f"{status}, not {statuses}"
            if status >= 400 and response.headers["Content-Type"] != "application/problem+json":
                problem += " no problem+json"
            if status not in row.ok and written:
                problem += f" refused, and yet {written}"
            if problem:
                wrong[f"{key} {way}"] = problem
    assert wrong == {}


def test_a_session_needs_the_token_of_its_page(world: World, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    client.get(reverse("api_settings"))
    for key in MATRIX:
        if key[0] != "GET":
            with undone() as written:
                assert ask(client, key, world).status_code == 403, key
            assert written == [], key


def test_lists_hold_nothing_of_another_seller(world: World, charlie: User, client: Client) -> None:
    client.force_login(charlie)
    for (method, name), row in MATRIX.items():
        if method == "GET" and not row.of_object and not row.is_open:
            words = client.get(reverse(name)).content.decode()
            for foreign in (
                world.product.title, world.seller.name, world.job.title, world.template.text, world.interaction.text,
            ):  # fmt: skip
                assert foreign not in words, (name, foreign)


def test_a_token_of_a_person_who_must_choose_a_password_opens_nothing(seller: Seller, client: Client) -> None:
    user = factories.user("new", seller=seller, role=Role.ADMIN, must_change_password=True)
    secret = tokens.issue(user, "x", ["view"]).secret
    response = client.get(reverse("api_sellers"), headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 403
