"""What a program may say of a doubtful run, and how a refusal of it reads."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from vitrina.accounts.models import User
from vitrina.catalog.models import Category
from vitrina.enrichment import moderating
from vitrina.enrichment.apply import TEXT_FIELDS, ApplyRefused
from vitrina.enrichment.edits import EditsQuestioned, EditsRefused
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.moderating import ModerationRefused
from vitrina.enrichment.reasons import sentence
from vitrina.rest.fields import Flag, Given, Id, Text
from vitrina.rest.problems import Problem, told_as

told_as(ApplyRefused, lambda refused: Problem(409, "conflict", str(refused)))
told_as(ModerationRefused, lambda refused: Problem(409, "conflict", str(refused)))


def _refused(refused: EditsRefused) -> Problem:
    return Problem(
        422,
        "invalid",
        gettext("The edits break a limit. Nothing was changed."),
        errors={f"edits.{name}": [words] for name, words in refused.problems.items()},
    )


def _questioned(question: EditsQuestioned) -> Problem:
    words = [sentence(finding.code, finding.detail) for finding in question.findings]
    return Problem(
        422,
        "invalid",
        gettext(
            "The edited text has grave findings. Nothing was changed; send «despite_findings» to insist."
        ),
        errors={"edits": words},
    )


told_as(EditsRefused, _refused)
told_as(EditsQuestioned, _questioned)

LISTS = ("keywords", "key_benefits")


class EditsGiven(Given):
    title = Text(required=False, max_length=255, allow_blank=True)
    description = Text(required=False, max_length=50_000, allow_blank=True, help_text=_("HTML: p, ul, li …"))
    short_description = Text(required=False, max_length=10_000, allow_blank=True)
    seo_title = Text(required=False, max_length=70, allow_blank=True)
    seo_description = Text(required=False, max_length=160, allow_blank=True)
    keywords = serializers.ListField(child=Text(max_length=200), required=False, max_length=50)
    key_benefits = serializers.ListField(child=Text(max_length=500), required=False, max_length=50)


assert set(EditsGiven().fields) == set(TEXT_FIELDS)


class ApprovalGiven(Given):
    edits = EditsGiven(required=False, help_text=_("The fields that you changed, with your words."))
    category = Id(required=False, help_text=_("The right one, in place of the suggested."))
    no_category = Flag(required=False, default=False, help_text=_("No known category fits."))
    despite_changes = Flag(
        required=False, default=False, help_text=_("Apply although the listing changed since the run.")
    )
    despite_findings = Flag(required=False, default=False)


class RejectionGiven(Given):
    notes = Text(required=False, default="", allow_blank=True, max_length=2000)


def approve(item: ModerationItem, by: User, given: dict[str, Any]) -> ModerationItem:
    done = moderating.approve(
        item,
        by,
        edits=given.get("edits") or {},
        category=_category(item, given.get("category")),
        no_category=given["no_category"],
        despite_changes=given["despite_changes"],
        despite_findings=given["despite_findings"],
    )
    return _as_wanted(done, "approved")


def reject(item: ModerationItem, by: User, notes: str) -> ModerationItem:
    return _as_wanted(moderating.reject(item, by, notes=notes), "rejected")


def send_back(item: ModerationItem, by: User, notes: str) -> ModerationItem:
    return _as_wanted(moderating.send_back(item, by, notes), "sent_back")


def _as_wanted(done: ModerationItem, resolution: str) -> ModerationItem:
    """A second word that says the same is the first one's echo; another one comes too late."""
    if done.resolution != resolution:
        raise Problem(
            409,
            "conflict",
            gettext("It was decided before: %(resolution)s. Nothing was changed.")
            % {"resolution": done.resolution},
            more={"resolution": done.resolution},
        )
    return done


def _category(item: ModerationItem, pk: int | None) -> Category | None:
    try:
        return moderating.chosen_instead(item, pk)
    except Category.DoesNotExist:
        words = gettext("There is no such category in use.")
        raise Problem(422, "invalid", words, errors={"category": [words]}) from None
