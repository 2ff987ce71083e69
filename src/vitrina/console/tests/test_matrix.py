"""Every route × every role × two sellers × nobody. A route that is not in the table fails the suite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.accounts.roles import Right, Role, allows
from vitrina.catalog.models import Category, Export, Import, Product
from vitrina.console.tests.world import World, make
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.jobs.models import Job, JobEvent

pytestmark = pytest.mark.django_db

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


def page(**more: Any) -> Route:
    return Route(of_object=False, **more)


def see(name: str, **more: Any) -> Route:
    return Route(args=lambda world: {"pk": getattr(world, name).pk}, **more)


def do(name: str, right: Right, **data: Any) -> Route:
    return Route(right, args=lambda world: {"pk": getattr(world, name).pk}, method="POST", data=data)


MATRIX: dict[str, Route] = {
    # accounts
    "login": page(is_open=True),
    "logout": page(is_open=True, method="POST"),
    "language": page(is_open=True, method="POST", data={"language": "en"}),
    "theme": page(is_open=True, method="POST", data={"theme": "dark"}),
    "password": page(),
    # console
    "today": page(),
    "products": page(),
    "product_selection_enrichment": Route(
        Right.ENRICH,
        method="POST",
        data={"describe": "1", "categorize": "auto"},
        of_object=False,
        data_of=lambda world: {"ids": world.product.pk},
    ),
    "product": see("product"),
    "product_runs": do("product", Right.ENRICH, describe="1", categorize="auto"),
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
    # catalog
    "imports": page(),
    "import": see("import_run"),
    "import_broken_rows": see("import_run"),
    "exports": page(),
    "export": see("export_run"),
    "export_file": see("export_run", right=Right.EXPORT),
    "export_report": see("export_run", right=Right.EXPORT),
    "categories": page(),
    "category": see("category"),
    "category_synonyms": do("category", Right.EDIT_CATALOGUE, synonyms="сарафан"),
    # enrichment
    "moderation": page(),
    "moderation_next": page(method="POST"),
    "moderation_item": see("item"),
    "moderation_assignment": do("item", Right.MODERATE),
    "moderation_release": do("item", Right.MODERATE),
    "moderation_approval": do("item", Right.MODERATE, despite_changes="1"),
    "moderation_rejection": do("item", Right.MODERATE, notes="не то"),
    "moderation_sending_back": do("item", Right.MODERATE, notes="короче"),
    "runs": page(),
    "run": see("log"),
    "templates": page(),
    # jobs
    "jobs": page(),
    "job": see("job"),
    "job_pausing": do("job", Right.MANAGE_JOBS),
    "job_resumption": do("job", Right.MANAGE_JOBS),
    "job_cancellation": do("job", Right.ENRICH),
    "job_retrial": do("dead_job", Right.MANAGE_JOBS),
    "job_dropping": do("dead_job", Right.MANAGE_JOBS),
}
# Django's own: the admin asks for is_staff and is walked by its own test below.
OTHERS = {"admin_sign_in"}

PEOPLE = [*(role.value for role in Role), "stranger", "nobody", "superuser"]


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
    assert routes() == set(MATRIX) | OTHERS


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


def enter(client: Client, who: str, seller: Seller, other_seller: Seller) -> User | None:
    if who == "nobody":
        return None
    if who == "superuser":
        person = factories.user(who, is_superuser=True)
    elif who == "stranger":
        person = factories.user(who, seller=other_seller, role=Role.ADMIN)
    else:
        person = factories.user(who, seller=seller, role=Role(who))
    client.force_login(person)
    return person


def trace() -> list[Any]:
    """What a refused request must leave as it was."""
    return [
        AuditEntry.objects.count(),
        JobEvent.objects.count(),
        list(Job.objects.order_by("pk").values_list("pk", "state", "paused_at", "cancel_requested")),
        list(ProcessingLog.objects.order_by("pk").values_list("pk", "status", "undone_at")),
        list(ModerationItem.objects.order_by("pk").values_list("pk", "resolution", "assignee_id")),
        list(Product.objects.order_by("pk").values_list("pk", "version")),
        list(Category.objects.order_by("pk").values_list("pk", "synonyms")),
        Import.objects.count(),
        Export.objects.count(),
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
    if who == "stranger":
        # A page of lists is theirs to see; what they ask for by id isn't there for them.
        return "not found" if route.of_object else "in"
    if route.right is None or allows(who, route.right):
        return "in"
    return "forbidden"


@pytest.mark.parametrize("name", MATRIX)
def test_a_route_answers_whom_it_should(
    name: str, world: World, seller: Seller, other_seller: Seller
) -> None:
    wrong = {}
    client = Client()
    for who in PEOPLE:
        # Each person finds the world as it was made.
        with transaction.atomic():
            problem = asked(name, who, client, world, seller, other_seller)
            transaction.set_rollback(True)
        if problem:
            wrong[who] = problem
    assert wrong == {}


def asked(name: str, who: str, client: Client, world: World, seller: Seller, other_seller: Seller) -> str:
    """What is wrong with the answer; empty when nothing is."""
    route = MATRIX[name]
    client.cookies.clear()
    enter(client, who, seller, other_seller)
    before = trace()
    address = reverse(name, kwargs=route.args(world))
    data = route.data | route.data_of(world)
    response = (
        client.post(address, data) if route.method == "POST" else client.get(address, route.query(world))
    )
    for close in response._resource_closers:  # without the signal that would close the test's connection
        close()
    location = response.headers.get("Location", "")
    wanted = expected(route, who)
    is_sign_in = response.status_code == 302 and location.split("?")[0] == "/login/" and name != "logout"
    right = {
        "sign in": is_sign_in,
        "forbidden": response.status_code == 403,
        "not found": response.status_code == 404,
        "in": response.status_code in (200, 302) and not is_sign_in,
    }[wanted]
    if not right:
        return f"{wanted} was wanted, got {response.status_code} {location}"
    if (wanted != "in" or who == "stranger") and trace() != before:
        return "refused, and yet something changed"
    return ""


@pytest.mark.parametrize("name", [name for name, route in MATRIX.items() if route.method == "POST"])
def test_a_deed_is_never_done_by_get(name: str, world: World, alice: User, client: Client) -> None:
    client.force_login(alice)
    before = trace()
    assert client.get(reverse(name, kwargs=MATRIX[name].args(world))).status_code == 405
    assert trace() == before


@pytest.mark.parametrize("name", [name for name, route in MATRIX.items() if route.method == "POST"])
def test_a_deed_needs_the_token_of_its_page(name: str, world: World, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    before = trace()
    route = MATRIX[name]
    response = client.post(reverse(name, kwargs=route.args(world)), route.data | route.data_of(world))
    assert response.status_code == 403
    assert trace() == before


def test_lists_hold_nothing_of_another_seller(world: World, charlie: User, client: Client) -> None:
    client.force_login(charlie)
    for name in (
        "today",
        "products",
        "imports",
        "exports",
        "categories",
        "moderation",
        "runs",
        "templates",
        "jobs",
    ):
        words = client.get(reverse(name)).content.decode()
        for foreign in (
            world.product.title,
            world.seller.name,
            world.job.title,
            world.import_run.file_name,
            world.template.text,
        ):
            assert foreign not in words, (name, foreign)


def test_the_admin_is_closed_to_members_and_signs_in_by_the_one_door(alice: User, client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/login/?next=/admin/"
    client.force_login(alice)
    assert client.get("/admin/").status_code == 302
