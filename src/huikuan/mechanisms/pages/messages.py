"""What the refusals of list pages say."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES = {
    "view_title_bad": gettext_noop("A view needs a name of at most %(longest)s characters."),
    "view_empty": gettext_noop("There is no condition to keep: choose some first."),
    "view_unknown": gettext_noop("This view is not one of yours."),
}
