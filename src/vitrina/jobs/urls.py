from __future__ import annotations

from django.urls import path

from vitrina.jobs import machine_views, views

urlpatterns = [
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/queues", machine_views.queues_page, name="job_queues"),
    path("jobs/schedule", machine_views.schedule_page, name="job_schedule"),
    path("jobs/schedule/<str:name>/run", machine_views.schedule_run, name="job_schedule_run"),
    path("jobs/schedule/<str:name>/switch", machine_views.schedule_switch, name="job_schedule_switch"),
    path("jobs/workers", machine_views.workers_page, name="job_workers"),
    path("jobs/failures/retrial", machine_views.failures_retrial, name="job_failures_retrial"),
    path("jobs/failures/dropping", machine_views.failures_dropping, name="job_failures_dropping"),
    path("jobs/<int:pk>/", views.job_page, name="job"),
    path("jobs/<int:pk>/pausing", views.pausing, name="job_pausing"),
    path("jobs/<int:pk>/resumption", views.resumption, name="job_resumption"),
    path("jobs/<int:pk>/cancellation", views.cancellation, name="job_cancellation"),
    path("jobs/<int:pk>/retrial", views.retrial, name="job_retrial"),
    path("jobs/<int:pk>/dropping", views.dropping, name="job_dropping"),
]
