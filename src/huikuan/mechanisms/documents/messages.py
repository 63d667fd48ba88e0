"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "document_font_missing": gettext_noop(
        "No font with Chinese characters was found, so no PDF was made. Install one (Debian, Ubuntu: `fonts-noto-cjk`"
        " or `fonts-wqy-microhei`; Fedora: `google-noto-sans-cjk-fonts`; Alpine: `font-noto-cjk`), or put a font file"
        " into %(folder)s."
    ),
}
