"""Four eyes where somebody acts at once: whoever drew something up does not let it pass."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal


def require_another(*, maker: str, checker: str, small_firm: bool, comment: str) -> bool:
    """Refuse whoever drew it up; True where a small firm's rule let it pass, which needs a reason."""
    if maker != checker:
        return False
    if not small_firm:
        raise Refusal("own_limit", actor=checker)
    if not comment.strip():
        raise Refusal("policy_reason_missing")
    return True
