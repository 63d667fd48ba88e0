"""The language a browser is answered in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from huikuan.mechanisms.identity.models import User

YEAR = 365 * 24 * 3600
#: In a stranger's session: the language chosen on the log-in page.
CHOSEN = "language_chosen"


def speak(response: HttpResponse, language: str) -> None:
    """Have the browser remember the language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )


def greet(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """At log-in: what was just chosen on the log-in page becomes the person's language, else theirs is spoken."""
    chosen = request.session.pop(CHOSEN, "")
    if chosen and chosen != user.language:
        User.objects.filter(pk=user.pk).update(language=chosen)
    speak(response, chosen or user.language)
