"""Bringing a whole tree in from a file: what it would change, then the change, by a job."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.accounts import audit
from vitrina.accounts.doors import PersonRequest, reach
from vitrina.accounts.models import Seller
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import tree_out, tree_syncing
from vitrina.catalog.category_choice import visible_to
from vitrina.catalog.category_tree import Node
from vitrina.catalog.category_views import as_number
from vitrina.catalog.forms import TreeForm
from vitrina.catalog.showing_preview import sentence
from vitrina.catalog.tree_changes import compare
from vitrina.catalog.tree_file import read_tree
from vitrina.jobs.enqueue import QueueFull
from vitrina.lib import downloads

SALT = "catalog.tree"
SEEN_SECONDS = 3600  # so long what was shown can be brought in
REFUSED_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def tree_page(request: PersonRequest) -> HttpResponse:
    """POST: what the file would change; nothing is written but a copy of the file."""
    sellers = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
    form = TreeForm(request.POST or None, request.FILES or None, sellers=sellers)
    changes, token = None, ""
    if request.method == "POST":
        if not sellers:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                nodes = _nodes(given["file"])
            except (ValueError, OSError) as error:
                form.add_error("file", str(error))
            else:
                changes = compare(nodes, seller=given["seller"], tree=given["tree"])
                given["file"].seek(0)
                name = tree_syncing.keep(given["file"], Path(given["file"].name).suffix)
                token = signing.dumps([name, given["seller"].pk, given["tree"], request.user.pk], salt=SALT)
    return page_or_part(
        request, "catalog/tree.html", "catalog/tree_body.html",
        {
            "form": form, "changes": changes, "token": token,
            "refused": [(one.external_id, sentence(one.reason)) for one in changes.refused[:REFUSED_SHOWN]] if changes else [],
            "can_edit": bool(sellers),
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _nodes(file: UploadedFile[Any]) -> list[Node]:
    with tempfile.TemporaryDirectory(prefix="vitrina-tree-") as folder:
        path = Path(folder) / f"tree{Path(file.name or '').suffix.lower()}"
        with path.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        return read_tree(path)


@require_safe
def tree_download(request: PersonRequest) -> HttpResponseBase:
    """The tree as a file that can be brought in again. `seller` empty: the one that all share; `format`: csv or json."""
    asked = request.GET
    rows = visible_to(request.user).filter(tree=asked.get("tree", "")[:40], is_active=True)
    seller = asked.get("seller", "")
    if seller:
        rows = rows.filter(seller=reach(Seller.objects, request.user, Right.VIEW, pk=as_number(seller)))
    else:
        rows = rows.filter(seller=None)
    rows = rows.select_related("parent").order_by("path", "pk")
    name = f"categories-{slugify(asked.get('tree', '')[:40]) or 'own'}"
    if asked.get("format") == "json":
        response = HttpResponse(tree_out.as_json(rows), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
    return downloads.table(request, tree_out.as_csv(rows.iterator(chunk_size=1000)), f"{name}.csv")


@require_POST
def tree_sync(request: PersonRequest) -> HttpResponse:
    """Bring in what was shown. The token says which file of which seller, and that this person was shown it."""
    sellers = Seller.objects.reachable_by(request.user, Right.EDIT_CATALOGUE)
    if not sellers:
        raise PermissionDenied
    try:
        name, seller_id, tree, person = signing.loads(
            request.POST.get("token", ""), salt=SALT, max_age=SEEN_SECONDS
        )
    except signing.BadSignature:
        messages.error(request, _("What was shown is too old; give the file again."))
        return redirect("category_tree")
    if person != request.user.pk:
        raise PermissionDenied
    seller = reach(Seller.objects, request.user, Right.EDIT_CATALOGUE, pk=seller_id)
    retire = request.POST.get("retire") == "on"
    try:
        job = tree_syncing.start(name, seller=seller, tree=tree, retire_missing=retire, by=request.user)
    except QueueFull as full:
        messages.error(request, str(full))
        return redirect("category_tree")
    audit.record("category.tree_synced", seller, by=request.user, after={"tree": tree, "retire": retire})
    return redirect("job", pk=job.pk)
