"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "file_empty": gettext_noop("The file is empty."),
    "file_too_large": gettext_noop("The file has %(size)s bytes; at most %(limit)s are taken. Split it."),
    "file_type_unknown": gettext_noop("Files of type “%(suffix)s” are not read here. Save it as xlsx, xls or csv."),
    "file_type_differs": gettext_noop(
        "The file is named .%(suffix)s but its content is %(found)s. Open it and save it anew as xlsx or csv."
    ),
    "file_encrypted": gettext_noop("The file is protected by a password. Save it without one."),
    "file_with_doctype": gettext_noop("The file carries a document type declaration (%(part)s), which is not taken."),
    "file_not_stored": gettext_noop("The file could not be stored: %(problem)s. Nothing was written."),
    "workbook_too_long": gettext_noop(
        "A sheet holds %(rows)s rows; there are more. Take csv, or narrow the list. Nothing was left out."
    ),
    "sheet_not_found": gettext_noop("The workbook has no sheet “%(sheet)s”; it has: %(sheets)s."),
    "too_many_rows": gettext_noop("The file has more than %(limit)s rows. Split it."),
    "too_many_columns": gettext_noop("The file has %(found)s columns; at most %(limit)s are taken."),
    "workbook_unreadable": gettext_noop("The workbook cannot be read: it is damaged or not a real Excel file."),
    "workbook_too_costly": gettext_noop(
        "Reading the workbook took more memory or time than is allowed. Save only the needed sheet as CSV."
    ),
    "archive_damaged": gettext_noop("The file is damaged or cut off. Export it again."),
    "archive_bomb": gettext_noop("The file unpacks to more than is allowed (%(found)s, limit %(limit)s)."),
    "encoding_unknown": gettext_noop("The text is neither UTF-8, UTF-16 nor GB18030 (GBK). Save it as CSV UTF-8."),
    "quotes_broken": gettext_noop("The quotation marks in the file do not match (%(problem)s). Export it again."),
}
