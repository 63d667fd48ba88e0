"""The door at which a provider of short messages reports. It has no session: the token in its address opens it."""

from __future__ import annotations

import hmac
import os

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.notices.operations.gateways import hear_gateway

#: A token that can be guessed is none.
_SHORTEST = 16


@csrf_exempt
@login_not_required
@require_POST
def hear_sms(request: HttpRequest, token: str) -> JsonResponse:
    """SmsReport and SmsUp; answered as the provider wants it, which sends again what was not answered so."""
    wanted = os.environ.get("HUIKUAN_SMS_REPORT_TOKEN", "")
    if len(wanted) < _SHORTEST or not hmac.compare_digest(token.encode(), wanted.encode()):
        raise Http404
    try:
        hear_gateway(content=request.body, actor=SYSTEM, at=timezone.now())
    except Refusal as refusal:
        return JsonResponse({"code": 1, "msg": refusal.code}, status=400)
    return JsonResponse({"code": 0, "msg": "OK"})
