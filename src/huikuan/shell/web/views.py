"""Log-in, a person's preferences and the front door."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.mechanisms.pages.figures import UNITS
from huikuan.shell.web.failures import locked_out
from huikuan.shell.web.throttling import address_paused

YEAR = 365 * 24 * 3600
THEMES = ("light", "dark")
THEME_COOKIE = "hk_theme"


class LogIn(LoginView):
    """The log-in page; throttled (see throttling), and it remembers the person's language."""

    template_name = "shell/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if address_paused(request):
            return locked_out(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: object) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[arg-type]
        user = self.request.user
        if isinstance(user, User):
            _speak(response, user.language)
        return response


class LogOut(LogoutView):
    """Ends the session; by POST only."""

    next_page = settings.LOGIN_URL


home = needs(LOGGED_IN)(RedirectView.as_view(pattern_name="cockpit:overview"))
"""The front door leads to the receivables overview."""


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
        _speak(response, language)
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


def _remember(request: HttpRequest, **preferences: str) -> None:
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**preferences)


def _speak(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
    )


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page the form stood on, if it is one of ours."""
    page = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        page = reverse("shell:home")
    return HttpResponseRedirect(page)
