"""Addresses of notices."""

from __future__ import annotations

from django.urls import URLPattern, path

from huikuan.mechanisms.notices.web import calls, gateways, letters, notice, outbox, posting

app_name = "notices"
urlpatterns: list[URLPattern] = [
    path("", outbox.show_notices, name="notices"),
    path("export", outbox.export_notices, name="export"),
    path("<int:notice_id>", notice.show_notice, name="notice"),
    path("<int:notice_id>/do", notice.do, name="do"),
    path("<int:notice_id>/mail", notice.notice_mail, name="mail"),
    path("<int:notice_id>/files/<int:place>", notice.notice_file, name="file"),
    path("<int:notice_id>/letters/<int:place>", notice.notice_letter, name="sheet"),
    path("gateways/sms/<str:token>", gateways.hear_sms, name="hear-sms"),
    path("calls/", calls.show_calls, name="calls"),
    path("calls/hand-out", calls.hand_out, name="hand-out"),
    path("calls/hear", calls.hear, name="hear-calls"),
    path("post/", posting.show_posting, name="posting"),
    path("post/<int:notice_id>", posting.print_letter, name="print"),
    path("post/<int:notice_id>/say", posting.say_posted, name="say-posted"),
    path("letters/", letters.show_letters, name="letters"),
    path("letters/<slug:code>", letters.show_letter, name="letter"),
    path("letters/<slug:code>/<slug:form>", letters.letter_file, name="letter-file"),
]
