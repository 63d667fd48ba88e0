"""The import history's addresses."""

from __future__ import annotations

from django.urls import path

from huikuan.connect.connectors.web import views

app_name = "connectors"
urlpatterns = [
    path("", views.show_batches, name="imports"),
    path("<int:batch_id>", views.show_batch, name="batch"),
    path("<int:batch_id>/lines/<int:row>", views.show_line, name="line"),
    path("<int:batch_id>/original", views.send_original, name="original"),
]
