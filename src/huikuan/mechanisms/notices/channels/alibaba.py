"""Alibaba Cloud's signature, third version (ACS3-HMAC-SHA256), and its short message service (SendSms, 2017-05-25).

The signature: the request in canonical form (method, path, query, signed headers, digest of the body), its digest
signed with the access key's secret; source: «Request syntax and signature method V3», whose worked example is a test.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, quote, unquote, urlsplit

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.notices.channels import Closed, Message, Receipt, Refused, Unsure
from huikuan.mechanisms.notices.channels.asking import answered, asked

_ALGORITHM, _ACTION, _VERSION = "ACS3-HMAC-SHA256", "SendSms", "2017-05-25"
#: Whoever it is for, nothing goes out until somebody mends it: account, keys, money, signature name, template.
_SHUT = (
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "SignatureNonceUsed", "InvalidTimeStamp", "Forbidden"),
    *("isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE"),
    *("isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL"),
    *("isv.SMS_SIGNATURE_SCENE_ILLEGAL", "isp.RAM_PERMISSION_DENY", "isv.TEMPLATE_MISSING_PARAMETERS"),
)
#: Too much at once, for this number or for all.
_BUSY = ("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "Throttling")
#: It broke on their side; the message may be on its way.
_BROKEN = ("isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "InternalError", "ServiceUnavailable")


@dataclass(frozen=True, slots=True)
class Account:
    """An access key. `sign_name`: what stands in 【】; `templates`: language → the approved template's code;
    `parameter`: the one variable of the templates, which takes the whole text."""

    url: str
    key: str
    secret: str
    sign_name: str
    templates: Mapping[str, str]
    parameter: str


def account_of(url: str) -> Account:
    """HUIKUAN_SMS_URL: https://KEY:SECRET@dysmsapi.aliyuncs.com/?sign=江临精工&zh-hans=SMS_1&en=SMS_2&parameter=text;
    refuses what cannot be meant."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refusal("sms_address_bad") from None
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    templates = {language: query[language] for language in ("zh-hans", "en") if query.get(language)}
    if not (parts.hostname and parts.username and parts.password and query.get("sign") and templates):
        raise Refusal("sms_address_bad")
    where = parts.hostname + (f":{port}" if port else "")
    return Account(
        f"{parts.scheme}://{where}", unquote(parts.username), unquote(parts.password), query["sign"], templates,
        query.get("parameter", "text"),
    )  # fmt: skip


class AlibabaSms:
    """The short message service of an account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, message: Message) -> Receipt:
        """Hand over one message; the notice's key goes along as OutId, which reports name."""
        account = self._account
        template = account.templates.get(message.language)
        if template is None:
            raise Refused(f"no template for {message.language}", permanent=True)
        query = {
            "PhoneNumbers": number_of(message.to),
            "SignName": account.sign_name,
            "TemplateCode": template,
            "TemplateParam": json.dumps({account.parameter: message.text}, ensure_ascii=False),
            "OutId": message.key,
        }
        url, headers = signed("POST", account, _ACTION, _VERSION, query, at=message.at, nonce=_nonce(message))
        answer = answered(asked("POST", url, headers, b""))
        code, told = str(answer.get("Code", "")), json.dumps(answer, ensure_ascii=False)[:300]
        if code == "OK":
            digest = hashlib.sha256(canonical_query(query).encode()).hexdigest()
            return Receipt(told, reference=str(answer.get("BizId", "")), sha256=digest, sender=account.sign_name)
        if not code or code.startswith(_BROKEN):
            raise Unsure(told)
        if code.startswith(_SHUT):
            raise Closed(told)
        raise Refused(told, permanent=not code.startswith(_BUSY))

    def close(self) -> None:
        """Nothing is held open."""


def signed(
    method: str, account: Account, action: str, version: str, query: Mapping[str, str], *, at: datetime, nonce: str
) -> tuple[str, dict[str, str]]:
    """The address and the headers of a call without a body."""
    host = urlsplit(account.url).netloc
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    asking = canonical_query(query)
    signature = signature_of(method, asking, headers, account.secret)
    names = ";".join(sorted(headers))
    headers["Authorization"] = f"{_ALGORITHM} Credential={account.key},SignedHeaders={names},Signature={signature}"
    return f"{account.url}/?{asking}", headers


def signature_of(method: str, query: str, headers: Mapping[str, str], secret: str) -> str:
    """Over the canonical request of a call without a body; `headers`: those that are signed."""
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    names = ";".join(sorted(headers))
    request = "\n".join((method, "/", query, lines, names, headers["x-acs-content-sha256"]))
    text = f"{_ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def canonical_query(query: Mapping[str, str]) -> str:
    """Sorted by name, everything but letters, digits and -_.~ in per cents."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def number_of(text: str) -> str:
    """A number as the service takes it: digits; of the mainland without its code."""
    digits = "".join(one for one in text if one.isdigit())
    return digits.removeprefix("0086").removeprefix("86") if len(digits) in (13, 15) else digits


def _nonce(message: Message) -> str:
    """Never the same for two attempts."""
    return hashlib.sha256(f"{message.key}:{message.at.isoformat()}".encode()).hexdigest()[:32]
