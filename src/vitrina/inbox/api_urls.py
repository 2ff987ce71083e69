from __future__ import annotations

from django.urls import path

from vitrina.inbox import api_canned

urlpatterns = [
    path("inbox/canned-answers", api_canned.CannedAnswersDoor.as_view(), name="api_canned_answers"),
    path("inbox/canned-answers/<int:pk>", api_canned.CannedAnswerDoor.as_view(), name="api_canned_answer"),
]
