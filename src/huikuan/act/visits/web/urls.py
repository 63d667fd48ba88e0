"""Addresses of visits."""

from __future__ import annotations

from django.urls import path

from huikuan.act.visits.web import going, listing, planning

app_name = "visits"
urlpatterns = [
    path("", listing.show_visits, name="visits"),
    path("export", listing.export_visits, name="export"),
    path("plan", planning.plan, name="plan"),
    path("<int:visit_id>", going.show_visit, name="visit"),
    path("<int:visit_id>/arrive", going.arrive, name="arrive"),
    path("<int:visit_id>/photos", going.add_photos, name="photos"),
    path("<int:visit_id>/photos/<int:photo_id>", going.send_photo, name="photo"),
    path("<int:visit_id>/end", going.end, name="end"),
]
