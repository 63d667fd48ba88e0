"""Who calls: the token, its user, and what both allow together on whose rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.areas import allowed_by
from huikuan.mechanisms.identity.domain.rights import Rights
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.queries import rights, scope_under
from huikuan.mechanisms.identity.tokens import TokenRow, authenticate

_TOKEN = re.compile(r"hk_[0-9a-f]{12}_[A-Za-z0-9_-]{20,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """A token in use at `at`; `rights` are its user's."""

    token: TokenRow
    rights: Rights
    at: datetime

    @property
    def actor(self) -> str:
        """Who is recorded as having done it."""
        return self.token.username

    def allows(self, permission: Permission) -> bool:
        """Whether the token's areas reach this and its user may do it for some company."""
        return permission in allowed_by(self.token.areas) and permission in self.rights.anywhere()

    def scope(self, permission: Permission) -> Scope:
        """The rows this may be done on."""
        if not self.allows(permission):
            return NOTHING
        return scope_under(self.rights, self.token.username, permission, at=self.at)

    def require(self, permission: Permission) -> None:
        """Refuse unless the token allows it."""
        if not self.allows(permission):
            raise Refusal("token_area_missing", permission=permission.value)


def caller_of(authorization: str, *, at: datetime) -> Caller:
    """Who sent this Authorization header; refuses anybody without a token that is in force.

    Only a bearer token counts: a browser's log-in opens nothing here, so no page can be tricked into a write.
    """
    scheme, _, raw = authorization.partition(" ")
    if scheme.lower() != "bearer" or not raw.strip():
        raise Refusal("token_missing")
    token = authenticate(raw.strip(), at=at) if _TOKEN.fullmatch(raw.strip()) else None
    held = rights(token.username, at=at) if token else Rights()
    if token is None or Permission.USE_API not in held.anywhere():
        raise Refusal("token_invalid")
    return Caller(token, held, at)
