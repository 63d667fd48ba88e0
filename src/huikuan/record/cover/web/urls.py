"""Addresses of cover."""

from __future__ import annotations

from django.urls import path

from huikuan.record.cover.web import acting, listing, pieces

app_name = "cover"
urlpatterns = [
    path("", listing.show_pieces, name="pieces"),
    path("export", listing.export_pieces, name="export"),
    path("new", acting.propose, name="new"),
    path("<int:number>", pieces.show_piece, name="piece"),
    path("<int:number>/files/<str:sha256>", pieces.send_paper, name="file"),
    path("<int:number>/revalue", acting.revalue, name="revalue"),
    path("<int:number>/release", acting.release, name="release"),
]
