"""Secrets that must be read again, encrypted under the installation's key, which lies outside the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from huikuan.kernel.errors import Refusal

_PURPOSE = b"huikuan second factor"


def locked_away(secret: bytes) -> str:
    """The secret as it may lie in the database."""
    return _box().encrypt(secret).decode()


def taken_out(text: str) -> bytes:
    """The secret again; refuses what was encrypted under another key."""
    try:
        return _box().decrypt(text.encode())
    except InvalidToken:
        raise Refusal("second_factor_unreadable") from None


def _box() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
