"""Which HTTP status a refusal is answered with."""

from __future__ import annotations

#: The request was not understood: mend the program.
_MALFORMED = {
    *("request_unreadable", "request_invalid", "body_unreadable", "page_unknown"),
    *("idempotency_key_missing", "idempotency_key_bad"),
}
#: It stands against what is there now.
_CONFLICT = {
    *("idempotency_key_reused", "request_in_flight"),
    *("customer_code_taken", "origin_taken", "already_reversed", "item_not_open", "more_than_open"),
    *("item_has_settlements", "reversal_is_final", "draft_changed", "draft_closed", "batch_undone"),
    *("contract_number_taken", "order_number_taken", "milestone_event_withdrawn", "fulfilment_withdrawn"),
    *("file_already_imported", "customers_changed_meanwhile", "webhook_disabled", "statement_issued_already"),
    *("financials_changed_since", "request_decided", "request_decided_meanwhile", "request_not_as_shown"),
    *("request_shown_has_changed", "line_not_open", "claim_not_open", "claim_open_less", "more_than_left"),
    *("nothing_suggested", "proposal_unknown", "proposal_stale", "application_undone", "application_paid_bill"),
}
_STATUS = {
    **dict.fromkeys(_MALFORMED, 400),
    **dict.fromkeys(_CONFLICT, 409),
    "token_missing": 401,
    "token_invalid": 401,
    "not_permitted": 403,
    "token_area_missing": 403,
    "not_found": 404,
    "method_unknown": 405,
    "contract_changed_since": 412,
    "customer_changed_since": 412,
    "order_changed_since": 412,
    "precondition_failed": 412,
    "file_too_large": 413,
    "body_too_large": 413,
    "media_type_wrong": 415,
    "precondition_missing": 428,
    "rate_limited": 429,
    "request_busy": 503,
    "request_failed": 500,
    "database_busy": 503,
    "ledger_busy": 503,
    "statement_number_contended": 503,
}
#: Understood, and declined by a rule of the ledger.
_DECLINED = 422
#: Nothing was decided: the same request may be sent again, so its answer is not kept.
PASSING = frozenset({503})


def status_of(code: str) -> int:
    """The status of the refusal `code`."""
    return _STATUS.get(code, _DECLINED)
