"""Addresses of ratings."""

from __future__ import annotations

from django.urls import path

from huikuan.judge.rating.web import acting, ratings

app_name = "rating"
urlpatterns = [
    path("credit/ratings", ratings.show_ratings, name="ratings"),
    path("credit/ratings/export", ratings.export_ratings, name="export"),
    path("credit/ratings/run", ratings.run, name="run"),
    path("credit/ratings/<int:customer_id>/assess", acting.assess, name="assess"),
    path("credit/ratings/<int:customer_id>/inform", acting.inform, name="inform"),
    path("credit/ratings/<int:customer_id>/override", acting.override, name="override"),
    path("credit/overrides/<int:override_id>/end", acting.end, name="end"),
]
