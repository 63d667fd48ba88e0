"""Logging in: name and password, then the code of the authenticator; leaving; proving oneself again."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import SecondFactor, User
from huikuan.mechanisms.identity.operations import take_code
from huikuan.mechanisms.pages.access import LOGGED_IN, needs
from huikuan.shell.messages import sentence
from huikuan.shell.web.failures import locked_out
from huikuan.shell.web.proving import enter, own_page, proved_again
from huikuan.shell.web.speech import greet
from huikuan.shell.web.throttling import address_paused

#: Who gave a right password and still owes a code, in the session of a stranger.
_KNOCKING = "knocking"
_KNOCKING_SECONDS = 300
#: After so many wrong codes the password is asked for again.
_TRIES = 5


class LogIn(LoginView):
    """The log-in page; throttled (see throttling), and it remembers the person's language."""

    template_name = "shell/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if address_paused(request):
            return locked_out(request)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        user: User = form.get_user()
        if SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
            self.request.session.cycle_key()
            self.request.session[_KNOCKING] = {
                "user": user.pk,
                "hash": user.get_session_auth_hash(),
                "backend": user.backend,
                "since": int(time.time()),
                "next": self.get_success_url(),
                "wrong": 0,
            }
            return redirect("shell:code")
        enter(self.request, user, backend=user.backend, factor=False)
        response = HttpResponseRedirect(self.get_success_url())
        greet(self.request, response, user)
        return response


class LogOut(LogoutView):
    """Ends the session; by POST only."""

    next_page = settings.LOGIN_URL


@login_not_required
def ask_code(request: HttpRequest) -> HttpResponse:
    """The second step: the code the authenticator shows, or a recovery code. Without a first step, back to it."""
    knocking: dict[str, Any] = request.session.get(_KNOCKING) or {}
    user = _knocking_user(knocking)
    if user is None:
        request.session.pop(_KNOCKING, None)
        return redirect("shell:login")
    problem = ""
    if request.method == "POST":
        try:
            if take_code(user=user, code=request.POST.get("code", ""), at=timezone.now()):
                return _let_in(request, user, knocking)
            problem = sentence("code_wrong", {})
        except Refusal as refusal:
            problem = sentence(refusal.code, refusal.params)
        if _too_many(request, knocking):
            return redirect("shell:login")
    return render(request, "shell/code.html", {"problem": problem}, status=200)


@needs(LOGGED_IN)
def prove_again(request: HttpRequest) -> HttpResponse:
    """Ask for the password once more before something sensitive; wrong ones count as at the log-in."""
    back = own_page(request, request.POST.get("next") or request.GET.get("next", ""), "shell:account")
    problem = ""
    if request.method == "POST":
        if address_paused(request):
            return locked_out(request)
        password = request.POST.get("password", "")
        if authenticate(request, username=request.user.get_username(), password=password) == request.user:
            proved_again(request)
            return HttpResponseRedirect(back)
        problem = _("The password is wrong.")
    return render(request, "shell/again.html", {"problem": problem, "next": back})


def _knocking_user(knocking: dict[str, Any]) -> User | None:
    if not knocking or time.time() - knocking["since"] > _KNOCKING_SECONDS:
        return None
    user = User.objects.filter(pk=knocking["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == knocking["hash"] else None


def _let_in(request: HttpRequest, user: User, knocking: dict[str, Any]) -> HttpResponse:
    del request.session[_KNOCKING]
    enter(request, user, backend=knocking["backend"], factor=True)
    response = HttpResponseRedirect(own_page(request, knocking["next"]))
    greet(request, response, user)
    return response


def _too_many(request: HttpRequest, knocking: dict[str, Any]) -> bool:
    knocking["wrong"] += 1
    if knocking["wrong"] >= _TRIES:
        del request.session[_KNOCKING]
        return True
    request.session[_KNOCKING] = knocking
    return False
