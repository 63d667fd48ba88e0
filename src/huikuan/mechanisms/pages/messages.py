"""What the refusals of list pages say."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES = {
    "form_file_missing": gettext_noop("Choose a file first."),
    "form_file_too_large": gettext_noop("The file is larger than %(limit)s MB."),
    "form_rows_too_many": gettext_noop("A form has at most %(most)s rows. Nothing was written."),
    "form_too_long": gettext_noop(
        "This has %(rows)s rows, more than the %(most)s a form has room for. Change it by import or through the API."
    ),
    "view_title_bad": gettext_noop("A view needs a name of at most %(longest)s characters."),
    "view_empty": gettext_noop("There is no condition to keep: choose some first."),
    "view_too_long": gettext_noop("These conditions are too long to keep: at most %(longest)s characters."),
    "view_too_many": gettext_noop("You have %(most)s views of this list; remove one first."),
    "view_unknown": gettext_noop("This view is not one of yours."),
}
