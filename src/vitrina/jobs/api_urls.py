from __future__ import annotations

from django.urls import path

from vitrina.jobs import api

urlpatterns = [
    path("jobs", api.JobsDoor.as_view(), name="api_jobs"),
    path("jobs/<int:pk>", api.JobDoor.as_view(), name="api_job"),
    path("jobs/<int:pk>/cancel", api.JobCancelDoor.as_view(), name="api_job_cancel"),
    path("jobs/<int:pk>/retry", api.JobRetryDoor.as_view(), name="api_job_retry"),
    path("jobs/<int:pk>/events", api.JobEventsDoor.as_view(), name="api_job_events"),
]
