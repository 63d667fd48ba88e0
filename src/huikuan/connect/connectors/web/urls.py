"""The addresses of imports: their history, and the wizard that makes them."""

from __future__ import annotations

from django.urls import path

from huikuan.connect.connectors.web import drafts, presets, undoing, views

app_name = "connectors"
urlpatterns = [
    path("", views.show_batches, name="imports"),
    path("export", views.export_batches, name="export_imports"),
    path("<int:batch_id>", views.show_batch, name="batch"),
    path("<int:batch_id>/lines/<int:row>", views.show_line, name="line"),
    path("<int:batch_id>/original", views.send_original, name="original"),
    path("<int:batch_id>/undo", undoing.show_undo, name="undo"),
    path("new", drafts.start, name="new"),
    path("drafts/<int:draft_id>", drafts.show, name="draft"),
    path("drafts/<int:draft_id>/columns", drafts.show_columns, name="columns"),
    path("drafts/<int:draft_id>/check", drafts.show_check, name="check"),
    path("drafts/<int:draft_id>/recheck", drafts.recheck, name="recheck"),
    path("drafts/<int:draft_id>/cells", drafts.mend, name="mend"),
    path("drafts/<int:draft_id>/rejected", drafts.send_rejected, name="rejected"),
    path("drafts/<int:draft_id>/commit", drafts.commit, name="commit"),
    path("drafts/<int:draft_id>/progress", drafts.show_progress, name="progress"),
    path("drafts/<int:draft_id>/reopen", drafts.take_back, name="reopen"),
    path("drafts/<int:draft_id>/discard", drafts.discard, name="discard"),
    path("presets", presets.show_presets, name="presets"),
    path("presets/delete", presets.remove_preset, name="delete_preset"),
]
