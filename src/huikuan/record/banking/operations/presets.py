"""Keeping how a layout is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.domain.mapping import read_mapping
from huikuan.record.banking.models import Preset
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.queries.presets import preset

_NAME = re.compile(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff .-]{0,59}")


def save_preset(
    *, company_id: int, name: str, mapping: Mapping[str, Any], headers: Sequence[str], actor: str, at: datetime
) -> None:
    """Keep `mapping` under `name`; the same name again replaces it. Refuses a mapping that cannot be read."""
    read_mapping(mapping)
    if not _NAME.fullmatch(plain(name)):
        raise Refusal("bank_preset_name_bad", name=name)
    _keep(company_id, plain(name), dict(mapping), list(headers), actor, at)


def forget_preset(*, company_id: int, name: str, actor: str, at: datetime) -> None:
    """Files are read by this preset no more. Refuses a name the company does not have."""
    _keep(company_id, preset(company_id, name).name, {}, [], actor, at)


def _keep(
    company_id: int, name: str, mapping: Mapping[str, Any], headers: list[str], actor: str, at: datetime
) -> None:
    require(actor, WRITES, company_id=company_id, at=at)
    row = {"company_id": company_id, "name": name, "mapping": mapping, "headers": headers, "actor": actor}
    retrying(lambda: record(Preset, [row], at=at))
