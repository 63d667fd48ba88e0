"""A person's own account: password, second factor, where they are logged in, their API tokens."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.qr import qr_code
from huikuan.mechanisms.identity import tokens
from huikuan.mechanisms.identity.domain.areas import CHOICES
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import SecondFactor, User
from huikuan.mechanisms.identity.operations import (
    confirm_second_factor,
    end_session,
    offer_second_factor,
    renew_recovery_codes,
    reset_second_factor,
    set_password,
    standing_offer,
)
from huikuan.mechanisms.identity.queries import sessions_of, user_named
from huikuan.mechanisms.pages.access import LOGGED_IN, may, needs
from huikuan.shell.messages import sentence
from huikuan.shell.web.acting import act
from huikuan.shell.web.failures import locked_out
from huikuan.shell.web.proving import FACTOR, GIVEN, NOT_NEEDED, TO_ENROL, factor_state, note, proved_again, sensitive
from huikuan.shell.web.throttling import address_paused

ISSUER = "Huikuan"
TOKEN_DAYS = (30, 90, 180, 365)


@needs(LOGGED_IN)
@require_GET
def show_account(request: HttpRequest) -> HttpResponse:
    """Everything of one's own account on one page."""
    return render(request, "shell/account.html", _account(request))


@needs(LOGGED_IN)
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, given twice, after the present one; every other session ends."""
    if address_paused(request):
        return locked_out(request)
    user, given = _user(request), request.POST
    fresh = given.get("password", "")

    def work() -> None:
        if authenticate(request, username=user.username, password=given.get("present", "")) != user:
            raise Refusal("password_wrong")
        if fresh != given.get("again", ""):
            raise Refusal("passwords_differ")
        set_password(username=user.username, password=fresh, actor=user.username, at=timezone.now())
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        proved_again(request)
        note(request)

    return act(request, work, done=_("The password was changed; every other log-in has ended."), then=_page())


@needs(LOGGED_IN)
@sensitive
def set_up_factor(request: HttpRequest) -> HttpResponse:
    """Enrol an authenticator: the picture to scan, then a code of it; afterwards the recovery codes, once."""
    user, problem = _user(request), ""
    if SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists():
        return HttpResponseRedirect(_page())
    if request.method == "POST":
        try:
            codes = confirm_second_factor(user=user, code=request.POST.get("code", ""), at=timezone.now())
        except Refusal as refusal:
            problem = sentence(refusal.code, refusal.params)
        else:
            request.session[FACTOR] = GIVEN
            return render(request, "shell/recovery_codes.html", {"codes": codes})
    # A secret somebody saw over a shoulder and left is worth nothing: each opening shows another.
    offer = (standing_offer(user=user, issuer=ISSUER) if problem else None) or offer_second_factor(
        user=user, issuer=ISSUER
    )
    by_four = " ".join(offer.secret[place : place + 4] for place in range(0, len(offer.secret), 4))
    page = {"offer": offer, "secret": by_four, "problem": problem, "owed": factor_state(request) == TO_ENROL}
    return render(request, "shell/second_factor.html", page | _picture(offer.address))


@needs(LOGGED_IN)
@require_POST
@sensitive
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Forget the authenticator. Whoever owes one sets up another right away."""
    user = _user(request)

    def work() -> None:
        reset_second_factor(username=user.username, actor=user.username, at=timezone.now())
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        del request.session[FACTOR]
        note(request)

    return act(request, work, done=_("The authenticator was removed; every other log-in has ended."), then=_page())


@needs(LOGGED_IN)
@require_POST
@sensitive
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once; the old ones end."""
    try:
        codes = renew_recovery_codes(user=_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, sentence(refusal.code, refusal.params))
        return HttpResponseRedirect(_page())
    return render(request, "shell/recovery_codes.html", {"codes": codes})


@needs(LOGGED_IN)
@require_POST
def end_one_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Log out somewhere else."""
    return act(
        request,
        lambda: end_session(user=_user(request), session_id=session_id),
        done=_("That log-in has ended."),
        then=_page(),
    )


@needs(Permission.USE_API)
@require_POST
@sensitive
def add_token(request: HttpRequest) -> HttpResponse:
    """A new API token; its text is on the answer's page and nowhere afterwards."""
    days = request.POST.get("days", "")
    try:
        _id, raw = tokens.create_token(
            username=_user(request).username,
            name=request.POST.get("name", ""),
            areas=request.POST.getlist("areas"),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, sentence(refusal.code, refusal.params))
        return HttpResponseRedirect(_page())
    return render(request, "shell/account.html", _account(request) | {"raw": raw})


@needs(LOGGED_IN)
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """End a token of one's own."""
    return act(
        request,
        lambda: tokens.revoke_token(token_id=token_id, actor=_user(request).username, at=timezone.now()),
        done=_("The token was revoked."),
        then=_page(),
    )


def _account(request: HttpRequest) -> dict[str, Any]:
    user, at = _user(request), timezone.now()
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    return {
        "me": user_named(user.username, at=at),
        "factor": factor,
        "codes_left": user.recovery_codes.count(),
        "factor_owed": factor is None and factor_state(request) != NOT_NEEDED,
        "sessions": sessions_of(user, key=request.session.session_key or "", at=at),
        "tokens": tokens.tokens_of(user.username, at=at),
        "may_use_api": may(request, Permission.USE_API),
        "area_choices": CHOICES,
        "token_days": TOKEN_DAYS,
    }


def _picture(address: str) -> dict[str, Any]:
    """The QR code as the path of an SVG, with its quiet zone of four modules."""
    modules = qr_code(address)
    dark = [(x + 4, y + 4) for y, row in enumerate(modules) for x, module in enumerate(row) if module]
    return {"side": len(modules) + 8, "path": "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)}


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the page is for those logged in")
    return request.user


def _page() -> str:
    return reverse("shell:account")
