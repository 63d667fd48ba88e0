"""What is wrong with a request, in the caller's language."""

from __future__ import annotations

from django.utils.translation import gettext

from huikuan.connect.api.domain.fields import Fault
from huikuan.connect.api.messages import FAULTS
from huikuan.kernel.errors import Place


def place_of_fault(fault: Fault) -> Place:
    """A value that is not as described, as a place a refusal lists."""
    return Place(column=fault.path, value=fault.value, reason=gettext(FAULTS[fault.code]) % fault.params)
