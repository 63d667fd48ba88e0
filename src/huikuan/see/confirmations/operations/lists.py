"""The customer's own list: taken in, compared with the account it was asked about, its differences worked off."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.limits import MEGABYTE
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.files.texts import read_rows, sniff_separator, to_utf8
from huikuan.record.banking.operations.files import LIMITS, text_of
from huikuan.record.customers.queries.merging import one_with
from huikuan.see.confirmations.domain.lists import Chosen, Head, Rows, head_of
from huikuan.see.confirmations.domain.lists import lines_of as lines_in
from huikuan.see.confirmations.domain.reconciling import Group, OurLine, TheirLine, reconcile
from huikuan.see.confirmations.models import DifferenceStep, Invitation, PeerDifference, PeerList
from huikuan.see.confirmations.queries.shown import lines_of, shown_to
from huikuan.see.statements.operations.issuing import require_issuing

LARGEST = 5 * MEGABYTE
#: So many lists are compared for one invitation, and so many of them handed in by the guest.
MOST_LISTS, MOST_OF_GUEST = 20, 15
PORTAL = "portal"
OPEN, OURS_RIGHT, THEIRS_RIGHT, SETTLED = "open", "ours_right", "theirs_right", "settled"
STATES = (OPEN, OURS_RIGHT, THEIRS_RIGHT, SETTLED)
_LONGEST_NAME = 200


def take_list(
    *,
    invitation_id: int,
    content: bytes,
    name: str,
    source: str,
    actor: str,
    at: datetime,
    chosen: Chosen | None = None,
) -> int:
    """Compare the list in a file (xlsx, xls, csv) with the account of the invitation; answers its id. The original is
    kept. `chosen`: which column says what, where their names do not. Refuses a file that is too large or cannot be
    read, and more lists than are compared for one invitation."""
    invited = Invitation.objects.get(pk=invitation_id)
    _require_room(invitation_id, source)
    theirs = read_list(content, name, invited.currency, chosen)
    shown = lines_of(shown_to(invited))
    ours = [
        OurLine(place, line.document_number, line.document_date, line.open_amount, line.kind)
        for place, line in enumerate(shown)
    ]
    totals = {"ours": sum(line.amount for line in ours), "theirs": sum(line.amount for line in theirs)}
    groups, items = reconcile(ours, theirs), [line.item_id for line in shown]
    kept = keep_bytes(content)
    with transaction.atomic():
        file = store_kept(kept, name, actor=actor, at=at)
        row = {
            "invitation_id": invited.pk,
            "company_id": invited.company_id,
            "customer_id": invited.customer_id,
            "currency": invited.currency,
            "file_sha256": file.sha256,
            "file_name": clean_name(name)[:_LONGEST_NAME],
            **totals,
            "source": source,
            "actor": actor,
        }
        (list_id,) = record(PeerList, [row], at=at)
        record(PeerDifference, _rows(list_id, groups, items), at=at)
        announce(
            "confirmations.compared",
            at=at,
            company_id=invited.company_id,
            customer_id=invited.customer_id,
            payload={"invitation": invited.pk, "list": list_id, "difference": totals["ours"] - totals["theirs"]},
        )
    return list_id


def _require_room(invitation_id: int, source: str) -> None:
    known = PeerList.objects.filter(invitation_id=invitation_id)
    if source == PORTAL and known.filter(source=PORTAL).count() >= MOST_OF_GUEST:
        raise Refusal("list_many", most=MOST_OF_GUEST)
    if known.count() >= MOST_LISTS:
        raise Refusal("list_many", most=MOST_LISTS)


def read_list(content: bytes, name: str, currency: str, chosen: Chosen | None = None) -> tuple[TheirLine, ...]:
    """The lines of a list."""
    return lines_in(_rows_in(content, name), currency, chosen)


def head_in(content: bytes, name: str) -> Head | None:
    """What of a list is shown to say which column is which; None of a file that has nothing to show."""
    try:
        return head_of(_rows_in(content, name))
    except Refusal:
        return None


def _rows_in(content: bytes, name: str) -> Rows:
    """The table of a file; workbooks are read in a process of their own, under caps of memory and time."""
    where = [Place(file=clean_name(name))]
    if len(content) > LARGEST:
        raise Refusal("file_too_large", where=where, size=len(content), limit=LARGEST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(content)
        text = to_utf8(text_of(path, clean_name(name)))[0].decode()
    return read_rows(text, sniff_separator(text), rows_limit=LIMITS.rows, columns_limit=LIMITS.columns)


def work_off(*, difference_id: int, state: str, note: str, seen: int, actor: str, at: datetime) -> None:
    """Say how far a difference is; `seen`: the number of its last step that was shown. Refuses an unknown state,
    whoever may not write to the customer, and a step somebody else took since."""
    if state not in STATES:
        raise Refusal("list_state_unknown", value=state)
    difference = PeerDifference.objects.get(pk=difference_id)
    compared = PeerList.objects.get(pk=difference.list_id)
    whole = one_with(compared.customer_id)
    require_issuing(actor, company_id=compared.company_id, customer_ids=whole, at=at)
    row = {
        "difference_id": difference_id,
        "number": seen + 1,
        "state": state,
        "note": tidy(note)[:500],
        "actor": actor,
    }
    try:
        with transaction.atomic():
            record(DifferenceStep, [row], at=at)
    except IntegrityError as error:
        raise Refusal("list_changed_since") from error


def _rows(list_id: int, groups: Sequence[Group], items: Sequence[int]) -> list[dict[str, object]]:
    return [
        {
            "list_id": list_id,
            "place": place,
            "kind": group.kind,
            "by": group.by,
            "our_lines": [[items[line.id], line.document, line.amount] for line in group.ours],
            "their_lines": [[line.row, line.document, line.amount] for line in group.theirs],
            "difference": group.difference,
        }
        for place, group in enumerate(groups)
    ]
