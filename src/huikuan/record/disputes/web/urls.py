"""Addresses of disputes."""

from __future__ import annotations

from django.urls import path

from huikuan.record.disputes.web import acting, disputes, listing, statistics

app_name = "disputes"
urlpatterns = [
    path("", listing.show_disputes, name="disputes"),
    path("export", listing.export_disputes, name="export"),
    path("statistics", statistics.show_statistics, name="statistics"),
    path("statistics/export", statistics.export_statistics, name="statistics-export"),
    path("items/<int:item_id>/raise", acting.raise_it, name="raise"),
    path("<int:number>", disputes.show_dispute, name="dispute"),
    path("<int:number>/files/<str:sha256>", disputes.send_file, name="file"),
    path("<int:number>/said/<slug:name>", acting.say, name="say"),
    path("<int:number>/<slug:name>", acting.decide, name="decide"),
]
