"""The list of presets: the product's own, the installation's and each company's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from huikuan.connect.connectors.presets import PresetRow, delete_preset, presets_of
from huikuan.connect.connectors.web.drafts import companies_to_import
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.reading import address, reading_of


@needs(Permission.IMPORT)
@require_safe
def show_presets(request: HttpRequest) -> HttpResponse:
    """Every preset a file can be read by, and whose it is."""
    companies = companies_to_import(request)
    found: list[tuple[Company | None, PresetRow]] = [(None, preset) for preset in presets_of("")]
    found += [(company, preset) for company in companies for preset in presets_of(company.code)]
    return render(request, "connectors/presets.html", {"presets": found})


@needs(Permission.IMPORT)
@require_POST
def remove_preset(request: HttpRequest) -> HttpResponse:
    """Delete a company's own preset; batches it read keep what it said."""
    code = request.POST.get("company", "")
    if code not in {company.code for company in companies_to_import(request)}:
        raise Refusal("company_unknown", company=code)
    delete_preset(request.POST.get("name", ""), company=code)
    return HttpResponseRedirect(address(reverse("connectors:presets"), reading_of(request)))
