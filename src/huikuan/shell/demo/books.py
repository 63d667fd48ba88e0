"""Writing the demo's items through the same bulk door as an import, with a file to drill down to."""

from __future__ import annotations

import io
from datetime import datetime

import polars as pl

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.plans import Task, record_batch, totals
from huikuan.kernel.money import to_text
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.record.contracts.models import Contract, MilestoneEvent
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.receivables.operations.bulk import write
from huikuan.record.receivables.operations.drafts import Draft
from huikuan.shell.demo.story import Story

SYSTEM = "demo"

#: The general layout's columns that the demo's file uses: field → heading.
HEADINGS = {
    "customer_code": "客户编码",
    "customer_name": "客户名称",
    "document_number": "单据号",
    "kind": "单据类型",
    "document_date": "单据日期",
    "posting_date": "入账日期",
    "due_date": "到期日",
    "awaits": "等待事项",
    "currency": "币种",
    "amount": "金额",
    "net_amount": "不含税金额",
    "tax_amount": "税额",
    "contract_number": "合同号",
    "obligation": "分期组",
    "business_type": "业务类型",
    "text": "摘要",
}
_MAPPING = {
    "name": "template",
    "kinds": ["items"],
    "key": [["单据号"]],
    "columns": {name: [heading] for name, heading in HEADINGS.items()},
}
_POSTED = (
    "customer_id", "kind", "side", "currency", "amount", "net_amount", "tax_amount", "document_number",
    "document_date", "posting_date", "due_date", "awaits", "obligation", "contract_number", "business_type", "text",
)  # fmt: skip


def write_books(story: Story, company: Company, *, actor: str, at: datetime) -> int:
    """Post, settle and reschedule everything of one company in one transaction; answers the items posted."""
    rows = story.items.filter(pl.col("company") == company.code).with_row_index("batch_row", offset=2)
    sheet = original(rows, story.customers)
    name = f"应收明细_{company.code}.csv"
    file = store_file(sheet, name, media_type="text/csv", actor=actor, at=at)
    batch_id = reserve_ids(Batch, 1)[0]
    draft = _draft(story, rows, Draft(company, batch_id, actor, at))
    task = Task("items", company, SYSTEM, name, file.sha256, _MAPPING, HEADINGS, actor, at)
    counts = {"read": rows.height, "created": rows.height, "duplicates": 0, "conflicts": 0, "rejected": 0}

    def last() -> None:
        record_batch(batch_id, task, {**counts, "totals": totals(draft)}, [])
        payload = {"batch_id": batch_id, "kind": "items", "created": rows.height, "sha256": file.sha256}
        announce("connectors.imported", at=at, company_id=company.pk, payload=payload)

    write(draft, first=lambda: None, last=last)
    return rows.height


def original(rows: pl.DataFrame, customers: pl.DataFrame) -> bytes:
    """The file these rows would have come in: the general layout as CSV, amounts in whole currency."""
    named = rows.join(customers.select(customer_code="code", customer_name="name"), on="customer_code", how="left")
    texts = named.select(
        pl.struct(name, "currency").map_elements(_decimal, return_dtype=pl.String).alias(heading)
        if name.endswith("amount")
        else pl.col(name).cast(pl.String).fill_null("").alias(heading)
        for name, heading in HEADINGS.items()
    )
    buffer = io.BytesIO()
    texts.write_csv(buffer, include_bom=True)
    return buffer.getvalue()


def _decimal(cell: dict[str, object]) -> str:
    amount, currency = (value for value in cell.values())
    return "" if amount is None else to_text(int(str(amount)), str(currency))


def _draft(story: Story, rows: pl.DataFrame, draft: Draft) -> Draft:
    ids = ids_by_code(rows["customer_code"])
    known = pl.DataFrame(
        {"customer_code": list(ids), "customer_id": list(ids.values())},
        schema={"customer_code": pl.String, "customer_id": pl.Int64},
    )
    whole = rows.join(known, on="customer_code", how="left", maintain_order="left")
    posted = draft.post(
        whole.select(
            *_POSTED, "batch_row", pl.lit(SYSTEM).alias("origin_system"), pl.col("key").alias("origin_key")
        ).with_columns(pl.col("batch_row").cast(pl.Int64))
    )
    keys = posted.select("origin_key", "id", "batch_row")
    _settle(draft, story.settlements.filter(pl.col("company") == draft.company.code), keys)
    lines = story.schedules.filter(pl.col("company") == draft.company.code)
    lines = lines.join(keys, left_on="key", right_on="origin_key", maintain_order="left")
    draft.reschedule(
        lines.join(_events(draft.company), on=["contract", "awaited"], how="left", maintain_order="left").select(
            pl.col("id").alias("item_id"),
            pl.lit(1, dtype=pl.Int64).alias("version"),
            "effective_on",
            "due_date",
            pl.lit("").alias("awaits"),
            "amount",
            "reason",
            pl.format("milestone {}", "event_id").alias("note"),
        )
    )
    return draft


def _events(company: Company) -> pl.DataFrame:
    """The milestone events that were recorded, by the contract's number and what items await."""
    numbers = dict(Contract.objects.filter(company_id=company.pk).values_list("pk", "number"))
    found = MilestoneEvent.objects.filter(company_id=company.pk).values_list("contract_id", "milestone", "id")
    return pl.DataFrame(
        [(numbers[contract_id], milestone, event_id) for contract_id, milestone, event_id in found],
        schema={"contract": pl.String, "awaited": pl.String, "event_id": pl.Int64},
        orient="row",
    )


def _settle(draft: Draft, settlements: pl.DataFrame, keys: pl.DataFrame) -> None:
    credit = keys.select(credit_key="origin_key", credit_id="id", batch_row="batch_row")
    debit = keys.select(debit_key="origin_key", debit_id="id")
    pairs = settlements.join(credit, on="credit_key", maintain_order="left")
    pairs = pairs.join(debit, on="debit_key", maintain_order="left")
    draft.settle(pairs.select("credit_id", "debit_id", "amount", "effective_on", "reason", "batch_row"))
