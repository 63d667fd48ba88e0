"""Reference values from the rows of a file: industry, size, year, ratio, five values, source."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import plain, tidy
from huikuan.record.financials.domain.ratios import RATIOS, SHARE
from huikuan.record.financials.domain.reference import TIERS, Reference, check_reference

COLUMNS = ("industry", "size", "year", "ratio", *TIERS, "source")
_YEARS = range(1990, 2201)
_LONGEST = {"industry": 100, "size": 40, "source": 200}
_MOST_FAULTS = 50
#: Beyond it no ratio is meant; × 10^6 it fits 64 bits.
_LARGEST = 10**9


def references_in(rows: Sequence[Sequence[str]]) -> list[Reference]:
    """The rows below the header; refuses the file with every faulty row named.

    A value of a ratio that is a share is in percent, as the published book states it (53.1, or 53.1%); of others it is
    the multiple, and 136.9% is 1.369.
    """
    header = [plain(cell).lower() for cell in rows[0]] if rows else []
    lacking = [name for name in COLUMNS if name not in header and name != "size"]
    if lacking:
        raise Refusal("reference_columns_missing", columns=", ".join(lacking))
    found, faults = [], []
    for number, row in enumerate(rows[1:], 2):
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        if not any(cells.values()):
            continue
        try:
            reference = _read(cells)
            check_reference(reference)
        except Refusal as refusal:
            faults.append(Place(row=number, value=str(next(iter(refusal.params.values()), "")), reason=refusal.code))
        else:
            found.append(reference)
    if faults:
        raise Refusal("reference_file_faults", where=faults[:_MOST_FAULTS], count=len(faults))
    if not found:
        raise Refusal("reference_file_empty")
    return found


def _read(cells: dict[str, str]) -> Reference:
    texts = {name: tidy(cells.get(name, "")) for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(texts[name]) > longest or (not texts[name] and name != "size"):
            raise Refusal("reference_text_bad", column=name)
    year, ratio = plain(cells.get("year", "")).removesuffix(".0"), plain(cells.get("ratio", ""))
    if not (year.isascii() and year.isdigit() and int(year[:5]) in _YEARS):
        raise Refusal("reference_year_bad", value=year)
    if ratio not in RATIOS:
        raise Refusal("ratio_unknown", ratio=ratio, known=", ".join(RATIOS))
    values = tuple(_value(cells.get(tier, ""), RATIOS[ratio].unit) for tier in TIERS)
    return Reference(texts["industry"], texts["size"], int(year), ratio, values, texts["source"])


def _value(text: str, unit: str) -> Decimal:
    written = plain(text).replace(",", "")
    percent = written.endswith("%") or unit == SHARE
    try:
        value = Decimal(written.removesuffix("%").strip())
    except InvalidOperation:
        raise Refusal("reference_value_unreadable", value=text) from None
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise Refusal("reference_value_unreadable", value=text)
    exact = value / 100 if percent else value
    if exact != exact.quantize(Decimal("0.000001")):
        raise Refusal("reference_value_unreadable", value=text)
    return exact
