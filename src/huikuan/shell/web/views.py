"""A person's preferences and the front door."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.mechanisms.pages.figures import UNITS
from huikuan.shell.web.keyboard import COOKIE, OFF
from huikuan.shell.web.places import landing
from huikuan.shell.web.proving import own_page
from huikuan.shell.web.speech import CHOSEN, YEAR, speak

THEMES = ("light", "dark")
THEME_COOKIE = "hk_theme"


@needs(LOGGED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """The front door leads to the first page the reader may open."""
    return HttpResponseRedirect(reverse(landing(request)))


@needs(LOGGED_IN)
@require_POST
def choose_unit(request: HttpRequest) -> HttpResponse:
    """How this person reads amounts: 元, 万元 or 亿元."""
    unit = request.POST.get("unit", "")
    if unit in UNITS:
        _remember(request, amount_unit=unit)
    return _back(request)


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English; kept with the person, or with the browser before log-in."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _remember(request, language=language)
        if not request.user.is_authenticated:
            request.session[CHOSEN] = language
        speak(response, language)
    return response


@login_not_required
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it; kept in the browser, since screens differ."""
    response = _back(request)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    else:
        response.delete_cookie(THEME_COOKIE)
    return response


@needs(LOGGED_IN)
@require_POST
def choose_keys(request: HttpRequest) -> HttpResponse:
    """Single keys on or off; kept in the browser, since keyboards differ."""
    response = _back(request)
    if request.POST.get("keys") == OFF:
        response.set_cookie(COOKIE, OFF, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    else:
        response.delete_cookie(COOKIE)
    return response


def _remember(request: HttpRequest, **preferences: str) -> None:
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**preferences)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form stood on, if it is one of ours."""
    return HttpResponseRedirect(own_page(request, request.POST.get("next", "")))
