"""The addresses of the API: one for each path of its endpoints, its document, its page."""

from __future__ import annotations

import re

from django.urls import URLPattern, path

from huikuan.connect.api.web import documentation
from huikuan.connect.api.web.calls import Endpoint
from huikuan.connect.api.web.endpoints import ENDPOINTS
from huikuan.connect.api.web.views import nowhere, view_of

app_name = "api"


def _route(template: str) -> str:
    """/items/{id} → v1/items/<str:id>; a code, which stands last, may hold a slash."""
    return "v1" + re.sub(r"\{(\w+)\}", _converter, template)


def _converter(match: re.Match[str]) -> str:
    return f"<path:{match[1]}>" if match[1] == "code" else f"<str:{match[1]}>"


def _patterns() -> list[URLPattern]:
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    # Words before values: /imports/drafts is no import.
    return [path(_route(template), view_of(by_path[template])) for template in sorted(by_path, key=_words_first)]


def _words_first(template: str) -> str:
    return template.replace("{", "~")


urlpatterns = [
    path("", documentation.show_documentation, name="documentation"),
    path("v1/openapi.json", documentation.send_document, name="openapi"),
    *_patterns(),
    path("v1", nowhere),
    path("v1/<path:rest>", nowhere),
    path("v1/", nowhere),
]
