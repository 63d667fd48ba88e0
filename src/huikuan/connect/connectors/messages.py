"""What each refusal and each bad cell of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "import_rejected": gettext_noop(
        "%(rows)s of %(read)s rows have %(count)s bad cells. Nothing was written; mend them, or take the %(good)s"
        " good rows alone with --skip-rejected."
    ),
    "import_conflicts": gettext_noop(
        "%(count)s rows meet a key the ledger has with other content. Nothing was written; choose"
        " --keep-conflicts or --replace-conflicts."
    ),
    "replace_blocked": gettext_noop("%(count)s settlements stand on items that were to be replaced."),
    "replace_too_early": gettext_noop(
        "The snapshot of %(day)s cannot replace items: %(count)s later entries rest on them. Nothing was written."
    ),
    "ledger_busy": gettext_noop("The ledger kept changing meanwhile. Nothing was written; try again."),
    "storage_failed": gettext_noop(
        "The disk is full or cannot be written to (%(problem)s). Nothing was written; make room and import again."
    ),
    "snapshot_needs_day": gettext_noop("State the day of the snapshot, like --as-of 2026-11-21."),
    "day_not_wanted": gettext_noop("A day (--as-of) belongs to open-items, not to %(kind)s."),
    "snapshot_older": gettext_noop(
        "The snapshot of %(day)s is older than the last one, of %(last)s (--force takes it)."
    ),
    "snapshot_shrunk": gettext_noop(
        "The snapshot has %(count)s rows, the last one had %(last)s: fewer than 80 %% (--force takes it)."
    ),
    "snapshot_day_locked": gettext_noop("%(day)s lies in a locked period (through %(locked_through)s)."),
    "batch_unknown": gettext_noop("There is no batch %(batch)s."),
    "batch_undone": gettext_noop("Batch %(batch)s was undone already."),
    "batch_of_customers": gettext_noop("Batch %(batch)s made customers; customers stay. Change them one by one."),
    "batch_has_dependants": gettext_noop("%(count)s facts depend on batch %(batch)s. Nothing was undone."),
    "agreements_changed_meanwhile": gettext_noop(
        "Someone entered one of these contracts or orders at the same moment. Nothing was written; try again."
    ),
    "agreement_refused": gettext_noop("%(count)s contracts or orders cannot be taken. Nothing was written."),
    "file_already_imported": gettext_noop(
        "The same file was imported as batch %(batch)s with other keys (%(system)s): its amounts would stand twice."
        " Undo that batch first, use its mapping, or take the file once more with --again."
    ),
    "file_not_found": gettext_noop("There is no file “%(name)s”."),
    "original_missing": gettext_noop("The original file “%(name)s” is not in the data folder."),
    "original_altered": gettext_noop(
        "The kept file “%(name)s” is no longer what was imported: its fingerprint differs. It is not shown."
    ),
    "row_not_in_file": gettext_noop("“%(name)s” has no row %(row)s."),
    "sheet_empty": gettext_noop("The file has no rows below its header."),
    "header_not_found": gettext_noop("No header row was found. Columns wanted: %(wanted)s. First rows: %(seen)s."),
    "mapping_unreadable": gettext_noop("The mapping document is not valid TOML: %(problem)s"),
    "mapping_invalid": gettext_noop("The mapping document is not valid: %(problem)s"),
    "mapping_wrong_kind": gettext_noop("The mapping is for %(kinds)s, not for %(kind)s."),
    "mapping_column_missing": gettext_noop(
        "The mapping names columns the file does not have: %(missing)s. The file has: %(columns)s."
    ),
    "field_not_found": gettext_noop(
        "No column could be recognised as: %(fields)s. The file has: %(columns)s. Name them in a mapping document."
    ),
    "date_order_unclear": gettext_noop(
        "“%(example)s” can be read day first or month first. Set the date order in a mapping document."
    ),
    "preset_unknown": gettext_noop("There is no preset “%(name)s”. There are: %(known)s."),
    "preset_name_bad": gettext_noop(
        "“%(name)s” cannot be a preset's name; use small letters, digits, Chinese characters and hyphens."
    ),
    "file_not_chosen": gettext_noop("Choose a file first."),
    "company_not_chosen": gettext_noop("Choose the company whose books the file belongs to."),
    "kind_of_file_unknown": gettext_noop("“%(kind)s” is not a kind of file that can be imported."),
    "drafts_too_many": gettext_noop(
        "You have %(count)s unfinished imports. Finish or discard some of them before you upload another file."
    ),
    "draft_closed": gettext_noop("This import is being committed, or it is done. Nothing was changed."),
    "draft_changed": gettext_noop(
        "The import was changed since this page was opened, here or by a colleague. Look at it again, then commit."
    ),
    "draft_file_missing": gettext_noop("The uploaded file “%(name)s” is no longer there. Upload it again."),
    "field_twice": gettext_noop("More than one column is taken for: %(fields)s. Keep one of them."),
    "fields_missing": gettext_noop("No column is taken for: %(fields)s. Choose one for each."),
    "terms_unreadable": gettext_noop("“%(value)s” is not a number of days from 0 to %(most)s."),
    "cell_unknown": gettext_noop("The file has no cell in row %(row)s, column “%(column)s”."),
    "cell_not_open": gettext_noop("The cell in row %(row)s, column “%(column)s” has nothing to mend."),
    "cell_too_long": gettext_noop("A cell takes at most %(most)s characters."),
    "edits_too_many": gettext_noop(
        "%(count)s cells were mended by hand. Download the others, mend them in a spreadsheet, and import that."
    ),
    "preset_exists": gettext_noop("“%(name)s” is a preset of the product; choose another name."),
}

#: Why a cell is bad, by code.
CELL_REASONS: dict[str, str] = {
    "period_locked": gettext_noop("the books are locked through %(day)s"),
    "missing": gettext_noop("nothing stands here, but %(field)s is required"),
    "due_missing": gettext_noop("there is no due date and no event it waits for"),
    "amount_unreadable": gettext_noop("this is not an amount"),
    "amount_too_fine": gettext_noop("more decimals than %(currency)s has"),
    "amount_too_large": gettext_noop("larger than the ledger takes"),
    "amount_zero": gettext_noop("the amount is zero"),
    "amount_negative": gettext_noop("the amount is negative"),
    "date_unreadable": gettext_noop("this is not a date"),
    "date_impossible": gettext_noop("this day does not exist"),
    "date_out_of_range": gettext_noop("the year is not between 1990 and 2100"),
    "settled_before_document": gettext_noop("settled before the document date %(document_date)s"),
    "currency_unknown": gettext_noop("this is not a currency"),
    "kind_unknown": gettext_noop("this document type is not in the mapping"),
    "status_unknown": gettext_noop("this is not a customer status"),
    "contract_status_unknown": gettext_noop("this is not a status of a contract"),
    "contract_ends_early": gettext_noop("the contract would end before it begins"),
    "court_or_arbitration": gettext_noop("a court stands here and an arbitration beside it: such a clause is void"),
    "late_interest_unreadable": gettext_noop("this is not a late-payment rate"),
    "milestones_unreadable": gettext_noop("these are not milestones whose shares make 100 %%"),
    "quantity_unreadable": gettext_noop("this is not a quantity above zero"),
    "line_unreadable": gettext_noop("this is not the number of a line"),
    "order_differs": gettext_noop("other rows of the order say another %(field)s"),
    "more_than_ordered": gettext_noop("more than the %(quantity)s that are ordered"),
    "phone_unreadable": gettext_noop("this is no telephone number"),
    "email_unreadable": gettext_noop("this is no e-mail address"),
    "role_unknown": gettext_noop("this is no function of a contact"),
    "language_unknown": gettext_noop("this is neither Chinese nor English"),
    "consent_unknown": gettext_noop("this says neither that they agreed nor that they refused"),
    "consent_undated": gettext_noop("the day on which the person agreed or refused is missing"),
    "contact_status_unknown": gettext_noop("this says neither that they are there nor that they left"),
    "contact_unclear": gettext_noop("this could be several people at this customer"),
    "customer_unknown": gettext_noop("no customer is known by this"),
    "customer_unclear": gettext_noop("several customers have this name"),
    "text_too_long": gettext_noop("%(length)s characters; %(field)s takes at most %(limit)s"),
    "text_control": gettext_noop("there are control characters in it"),
    "digits_lost": gettext_noop("a spreadsheet program has cut digits off this number"),
    "key_reserved": gettext_noop("keys ending in %(ending)s are made by the product itself"),
    "key_repeated": gettext_noop("rows %(rows)s have the same key “%(key)s” but different content"),
    "cells_too_many": gettext_noop("the row has more cells than the header has columns"),
}

#: What to do about it, by code.
CELL_FIXES: dict[str, str] = {
    "period_locked": gettext_noop("correct the date, or have the period unlocked"),
    "missing": gettext_noop("fill it in, or leave the row out"),
    "due_missing": gettext_noop("fill in the due date, or name the event in a column mapped to “awaits”"),
    "amount_unreadable": gettext_noop("write it like 12,345.67"),
    "amount_too_fine": gettext_noop("round it to the currency's smallest unit"),
    "amount_too_large": gettext_noop("check the amount and its unit"),
    "amount_zero": gettext_noop("correct the amount, or leave the row out"),
    "amount_negative": gettext_noop("give receipts as positive amounts; import refunds as items"),
    "date_unreadable": gettext_noop(
        "write it like 2026-11-21, or say for the whole file whether the day or the month comes first"
    ),
    "date_impossible": gettext_noop(
        "correct the day, or say for the whole file whether the day or the month comes first"
    ),
    "date_out_of_range": gettext_noop("correct the year"),
    "settled_before_document": gettext_noop("correct one of the two dates"),
    "currency_unknown": gettext_noop("use the ISO code, like CNY or USD"),
    "kind_unknown": gettext_noop("add it under [kinds_of_document] in the mapping document"),
    "status_unknown": gettext_noop("use “prospect” or “customer”"),
    "contract_status_unknown": gettext_noop("use active, completed, terminated or void"),
    "contract_ends_early": gettext_noop("correct one of the two dates"),
    "court_or_arbitration": gettext_noop("name one of the two"),
    "late_interest_unreadable": gettext_noop("write it like 0.05%%/day, 15.4%%/year or LPR x 1.5"),
    "milestones_unreadable": gettext_noop("write them like: signing 30%% +10; acceptance 70%% +30"),
    "quantity_unreadable": gettext_noop("write it like 12.5"),
    "line_unreadable": gettext_noop("number the lines of each order from 1"),
    "order_differs": gettext_noop("let all rows of one order say the same"),
    "more_than_ordered": gettext_noop("correct one of the two quantities"),
    "phone_unreadable": gettext_noop("write it like 138 1234 2046 or 010-6554 3210 ext 8"),
    "email_unreadable": gettext_noop("write it like name@company.example"),
    "role_unknown": gettext_noop("use payables, decides, purchasing, warehouse, legal or other"),
    "language_unknown": gettext_noop("use zh or en, or leave it empty"),
    "consent_unknown": gettext_noop("use given or refused, or leave it empty"),
    "consent_undated": gettext_noop("fill in the day, or leave both empty"),
    "contact_status_unknown": gettext_noop("use active or gone, or leave it empty"),
    "contact_unclear": gettext_noop("give the telephone number or e-mail address known here"),
    "customer_unknown": gettext_noop("correct it, or import the customers first"),
    "customer_unclear": gettext_noop("give the customer's code"),
    "text_too_long": gettext_noop("shorten it"),
    "text_control": gettext_noop("delete the cell's content and type it again"),
    "digits_lost": gettext_noop("format the column as text in the source and export again"),
    "key_reserved": gettext_noop("leave the row out, or choose other columns for the key"),
    "key_repeated": gettext_noop("keep the right row, or add a column that tells them apart to the key"),
    "cells_too_many": gettext_noop("put the cell that contains the separator in quotes"),
}

#: Field names as users know them, wherever a sentence names a field.
FIELD_LABELS: dict[str, str] = {
    "key": gettext_noop("key"),
    "customer": gettext_noop("customer code or name"),
    "customer_code": gettext_noop("customer code"),
    "customer_name": gettext_noop("customer name"),
    "code": gettext_noop("customer code"),
    "name": gettext_noop("customer name"),
    "short_name": gettext_noop("short name"),
    "english_name": gettext_noop("English name"),
    "former_names": gettext_noop("former names"),
    "uscc": gettext_noop("unified social credit code"),
    "industry": gettext_noop("industry"),
    "group_code": gettext_noop("group code"),
    "group_name": gettext_noop("group name"),
    "parent_code": gettext_noop("parent's code"),
    "status": gettext_noop("status"),
    "document_number": gettext_noop("document number"),
    "document_date": gettext_noop("document date"),
    "posting_date": gettext_noop("posting date"),
    "due_date": gettext_noop("due date"),
    "settled_on": gettext_noop("settlement date"),
    "received_on": gettext_noop("receipt date"),
    "currency": gettext_noop("currency"),
    "kind": gettext_noop("document type"),
    "amount": gettext_noop("amount"),
    "net_amount": gettext_noop("net amount"),
    "tax_amount": gettext_noop("tax"),
    "applies_to": gettext_noop("document it settles"),
    "contract_number": gettext_noop("contract number"),
    "obligation": gettext_noop("instalment group"),
    "awaits": gettext_noop("event it awaits"),
    "business_type": gettext_noop("business type"),
    "owner": gettext_noop("owner"),
    "region": gettext_noop("region"),
    "group": gettext_noop("customer group"),
    "text": gettext_noop("text"),
    "number": gettext_noop("number"),
    "signed_on": gettext_noop("signing date"),
    "effective_on": gettext_noop("effective date"),
    "expires_on": gettext_noop("end date"),
    "goods": gettext_noop("goods"),
    "payment_terms": gettext_noop("payment terms"),
    "late_interest": gettext_noop("late-payment interest"),
    "jurisdiction": gettext_noop("court"),
    "arbitration": gettext_noop("arbitration"),
    "governing_law": gettext_noop("governing law"),
    "service_addresses": gettext_noop("addresses for service"),
    "delivery": gettext_noop("delivery"),
    "breach": gettext_noop("breach"),
    "milestones": gettext_noop("milestones"),
    "person": gettext_noop("contact's name"),
    "position": gettext_noop("position"),
    "role": gettext_noop("function"),
    "phone": gettext_noop("telephone"),
    "email": gettext_noop("e-mail address"),
    "language": gettext_noop("language"),
    "consent": gettext_noop("agreed to be written to"),
    "consent_on": gettext_noop("agreed or refused on"),
    "line": gettext_noop("line number"),
    "ordered_on": gettext_noop("order date"),
    "product": gettext_noop("product"),
    "product_code": gettext_noop("product code"),
    "unit": gettext_noop("unit"),
    "quantity": gettext_noop("quantity"),
    "planned_on": gettext_noop("planned date"),
    "delivered_quantity": gettext_noop("quantity delivered so far"),
    "delivered_on": gettext_noop("delivery date"),
    "invoiced_quantity": gettext_noop("quantity invoiced so far"),
    "invoiced_on": gettext_noop("invoice date"),
}
