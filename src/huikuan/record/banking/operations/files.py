"""A bank's file on its way in: limits first, workbooks in a child process, then read as what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.archives import read_entries
from huikuan.mechanisms.files.content import FIRST_BYTES, content_kind, kind_of, spreadsheet_type
from huikuan.mechanisms.files.limits import MEGABYTE, Limits
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.files.workbooks import read_workbook
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.sampling import Sample, sample
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.operations.accounts import account_called
from huikuan.record.banking.operations.importing import Asked, Brought, File, record_statements
from huikuan.record.banking.queries.presets import preset_for

#: A year of a busy account is a few megabytes.
LIMITS = Limits(
    size=64 * MEGABYTE, inflated=512 * MEGABYTE, rows=200_000, parser_memory=2_048 * MEGABYTE, parser_seconds=60
)
_WORKBOOKS = ("xlsx", "xls")
_TEXT = ("csv", "html")
#: Refusals after which columns named by a person may help.
LAYOUT_UNKNOWN = frozenset({"statement_layout_unknown", "statement_columns_missing"})


@dataclass(frozen=True, slots=True)
class Choices:
    """How a file is to be read. `mapping`: the document of a mapping, for tables of an unknown layout. `partial`:
    lines between its balances are left out on purpose."""

    mapping: object = None
    partial: bool = False


def import_statements(*, path: Path, name: str, asked: Asked, choices: Choices | None = None) -> list[Brought]:
    """Read the file at `path`, which its sender calls `name`, and record what is new of it; all or nothing.

    A table of an unknown layout is read by the company's preset for its columns, if there is one. Refuses what
    `read_statements` and `record_statements` refuse.
    """
    statements = read_file(path, name, asked, choices or Choices())
    return record_statements(statements=statements, file=File(keep_bytes(path), name), asked=asked)


def read_file(path: Path, name: str, asked: Asked, choices: Choices) -> tuple[Statement, ...]:
    """The statements in the file; nothing is recorded. Where it names no currency it is the account's."""
    texts = texts_of(path, name)
    statements = _read_all(texts, asked, choices, asked.company.currency)
    currency = _currency(statements, asked)
    return statements if currency is None else _read_all(texts, asked, choices, currency)


def sample_of(path: Path, name: str) -> Sample:
    """The first rows of a table, for a person to say what its columns are."""
    inner, data = texts_of(path, name)[0]
    return sample(data, inner)


def texts_of(path: Path, name: str) -> list[tuple[str, bytes]]:
    """(name, bytes) of the text in a file, or of every file of an archive: banks pack a day's statements so."""
    _require_size(path, name)
    packed = name.lower().endswith(".zip") and content_kind(path, LIMITS) == "zip"
    return _packed(path, name) if packed else [(name, text_of(path, name))]


def text_of(path: Path, name: str) -> bytes:
    """The bytes of a text file, or the first sheet of a workbook as csv. Refuses anything else before parsing it.

    What banks call .xls is often a text or a page: it is read as what it is, never as what it is called.
    """
    _require_size(path, name)
    suffix, found = clean_name(name).rpartition(".")[2].lower(), content_kind(path, LIMITS)
    if found == "encrypted":
        raise Refusal("file_encrypted", where=[Place(file=name)])
    if found in _WORKBOOKS:
        spreadsheet_type(path, name, LIMITS)
        data = read_workbook(path, name, "", LIMITS)[0]
        if not data:
            raise Refusal("file_empty", where=[Place(file=name)])
        return data
    if found not in _TEXT:
        raise Refusal("file_type_differs", where=[Place(file=name)], suffix=suffix, found=found)
    return path.read_bytes()


def _require_size(path: Path, name: str) -> None:
    size = path.stat().st_size
    if size == 0:
        raise Refusal("file_empty", where=[Place(file=name)])
    if size > LIMITS.size:
        raise Refusal("file_too_large", where=[Place(file=name)], size=size, limit=LIMITS.size)


def _packed(path: Path, name: str) -> list[tuple[str, bytes]]:
    """The texts in an archive; refuses one that holds anything else."""
    texts = []
    for inner, data in read_entries(path):
        called = f"{name}/{clean_name(inner)}"
        found = kind_of(data[:FIRST_BYTES])
        if found not in _TEXT:
            raise Refusal("archive_of_others", where=[Place(file=called)], inner=clean_name(inner), found=found)
        texts.append((called, data))
    if not texts:
        raise Refusal("file_empty", where=[Place(file=name)])
    return texts


def _read_all(texts: list[tuple[str, bytes]], asked: Asked, choices: Choices, currency: str) -> tuple[Statement, ...]:
    return tuple(one for name, data in texts for one in _read(data, name, asked, choices, currency))


def _read(data: bytes, name: str, asked: Asked, choices: Choices, currency: str) -> tuple[Statement, ...]:
    today = business_date(asked.at, asked.company.time_zone)

    def read(mapping: object) -> tuple[Statement, ...]:
        return read_statements(data, name, today=today, mapping=mapping, currency=currency, partial=choices.partial)

    try:
        return read(choices.mapping)
    except Refusal as refusal:
        if choices.mapping is not None or refusal.code not in LAYOUT_UNKNOWN:
            raise
        preset = preset_for(asked.company.pk, sample(data, name).headers)
        if preset is None:
            raise
        return read(preset.mapping)


def _currency(statements: tuple[Statement, ...], asked: Asked) -> str | None:
    """The currency of the account of statements that name none, where it is not the one assumed."""
    untold = [one for one in statements if not one.currency_told]
    accounts = [account_called(asked.company.pk, asked.account or one.account) for one in untold]
    others = {account.currency for account in accounts if account} - {asked.company.currency}
    return min(others) if others else None
