"""A letter as a Word document (.docx): the same blocks as the PDF, in styles a writer can go on with."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

_QUIET, _DRAFT = RGBColor(0x5D, 0x69, 0x7C), RGBColor(0xA3, 0x24, 0x2F)
_LATIN, _CHINESE, _CHINESE_BOLD = "Calibri", "SimSun", "SimHei"
_BLANK = "　" * 9
#: How wide the name and the value of an account's lines stand.
_NAME, _VALUE = Mm(35), Mm(129)


def word_document(said: Mapping[str, Any], *, at: datetime) -> bytes:
    """The bytes of the document that says `said` (see composing)."""
    document = _blank_page(said, at)
    _head(document, said)
    kinds = [*(part["kind"] for part in said["parts"]), "text"]
    for part, following in zip(said["parts"], kinds[1:], strict=True):
        if part["kind"] in _PARTS:
            _PARTS[part["kind"]](document, part)
        else:
            _paragraph(document, part, indented=said["lang"] == "zh" and part["kind"] == "text")
        if _goes_with(part["kind"], following):
            document.paragraphs[-1].paragraph_format.keep_with_next = True
    found = io.BytesIO()
    document.save(found)
    return found.getvalue()


def _goes_with(kind: str, following: str) -> bool:
    """Words that lead to a block go with it to the next page, and nobody signs a page on which nothing is said."""
    leads = kind == "text" and following not in ("text", "heading", "salutation")
    return leads or (following == "signature" and kind != "table")


def _blank_page(said: Mapping[str, Any], at: datetime) -> DocumentType:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(23)
    section.top_margin, section.bottom_margin = Mm(20), Mm(19)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(10.5)
    _east_asian(normal.element, _CHINESE)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(7), 1.3
    properties = document.core_properties
    properties.title, properties.author = said["title"], said["issuer"]["name"][:255]
    properties.language = "zh-CN" if said["lang"] == "zh" else "en-GB"
    properties.created = properties.modified = at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    _page_numbers(section.footer.paragraphs[0], said["page"])
    return document


def _head(document: DocumentType, said: Mapping[str, Any]) -> None:
    name = document.add_paragraph()
    _run(name, said["issuer"]["name"], size=13, bold=True)
    for text in said["issuer"]["lines"]:
        name.add_run().add_break()
        _run(name, text, size=8, quiet=True)
    _ruled(name)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(14)
    _run(title, said["title"], size=19, bold=True)
    if said["draft"]:
        title.add_run().add_break()
        _run(title, said["draft"], size=9).font.color.rgb = _DRAFT
    for name_of, value in said["meta"]:
        meta = document.add_paragraph()
        meta.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        meta.paragraph_format.space_after = Pt(1)
        _run(meta, f"{name_of}　", size=8.5, quiet=True)
        _run(meta, value, size=8.5)


def _paragraph(document: DocumentType, part: Mapping[str, Any], *, indented: bool) -> None:
    paragraph = document.add_paragraph()
    heading = part["kind"] == "heading"
    if indented:
        paragraph.paragraph_format.first_line_indent = Pt(21)
    paragraph.paragraph_format.keep_with_next = part["kind"] != "text"
    for number, text in enumerate(part["text"].split("\n")):
        if number:
            paragraph.add_run().add_break()
        _run(paragraph, text, bold=heading, size=11 if heading else None)


def _table(document: DocumentType, part: Mapping[str, Any]) -> None:
    rows = [part["heads"], *part["rows"], *([part["total"]] if part["total"] else [])]
    table = document.add_table(rows=len(rows), cols=len(part["heads"]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    cells = table._cells
    for at, text in enumerate(text for row in rows for text in row):
        row, column = divmod(at, len(part["heads"]))
        bold = row == 0 or (bool(part["total"]) and row == len(rows) - 1)
        _fill(cells[at], text, bold=bold, right=column in part["right"])
    _repeat_head(table)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _accounts(document: DocumentType, part: Mapping[str, Any]) -> None:
    for account in part["accounts"]:
        table = document.add_table(rows=len(account), cols=2)
        table.autofit = False
        for column, width in zip(table.columns, (_NAME, _VALUE), strict=True):
            column.width = width
        for row, (name, value) in zip(table.rows, account, strict=True):
            first, second = row.cells
            first.width, second.width = _NAME, _VALUE
            _fill(first, name, quiet=True)
            _fill(second, value, bold=True)
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        document.add_paragraph().paragraph_format.space_after = Pt(0)


def _answer(document: DocumentType, part: Mapping[str, Any]) -> None:
    table = document.add_table(rows=1, cols=len(part["boxes"]), style="Table Grid")
    for cell, one in zip(table.rows[0].cells, part["boxes"], strict=True):
        cell.paragraphs[0].paragraph_format.space_before = Pt(4)
        _run(cell.paragraphs[0], f"□ {one['title']}", bold=True)
        _run(cell.add_paragraph(), one["text"], size=8, quiet=True)
        _blanks(cell.add_paragraph, one["blanks"])
    _keep_whole(table)
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _receipt(document: DocumentType, part: Mapping[str, Any]) -> None:
    table = document.add_table(rows=1, cols=1, style="Table Grid")
    cell = table.rows[0].cells[0]
    cell.paragraphs[0].paragraph_format.space_before = Pt(4)
    _run(cell.paragraphs[0], part["title"], bold=True)
    _run(cell.add_paragraph(), part["text"], size=8.5)
    _blanks(cell.add_paragraph, part["blanks"])
    _keep_whole(table)


def _signature(document: DocumentType, part: Mapping[str, Any]) -> None:
    for number, text in enumerate(part["lines"]):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Pt(16 if number == 0 else 4)
        paragraph.paragraph_format.keep_with_next = number < len(part["lines"]) - 1
        _run(paragraph, text, bold=number == 0)


_Part = Callable[[DocumentType, Mapping[str, Any]], None]
_PARTS: dict[str, _Part] = {
    "table": _table,
    "accounts": _accounts,
    "answer": _answer,
    "receipt": _receipt,
    "signature": _signature,
}


def _blanks(new: Callable[[], Paragraph], names: Sequence[str]) -> None:
    for name in names:
        paragraph = new()
        paragraph.paragraph_format.space_before = Pt(6)
        _run(paragraph, f"{name}　", size=8.5, quiet=True)
        paragraph.add_run(_BLANK).font.underline = True


def _fill(cell: _Cell, text: str, *, bold: bool = False, right: bool = False, quiet: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = 1.1
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, text, bold=bold, quiet=quiet, size=9)


def _run(
    paragraph: Paragraph, text: str, *, size: float | None = None, bold: bool = False, quiet: bool = False
) -> Any:
    run = paragraph.add_run(text)
    run.bold = bold or None
    if bold:
        _east_asian(run._element, _CHINESE_BOLD)
    if size:
        run.font.size = Pt(size)
    if quiet:
        run.font.color.rgb = _QUIET
    return run


def _east_asian(element: Any, family: str) -> None:
    """The family of Chinese characters; the library sets that of Latin ones alone."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), family)


def _ruled(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "8"), ("space", "4"), ("color", "151D2A")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _repeat_head(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _keep_whole(table: Table) -> None:
    """A box that is filled in by hand stands on one page."""
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for paragraph in (one for cell in row.cells for one in cell.paragraphs):
            paragraph.paragraph_format.keep_together = True


def _page_numbers(paragraph: Paragraph, said: str) -> None:
    """'Page {n} of {m}' with fields that count."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _n, rest = said.partition("{n}")
    between, _m, after = rest.partition("{m}")
    _run(paragraph, before, size=8, quiet=True)
    _field(paragraph, "PAGE")
    _run(paragraph, between, size=8, quiet=True)
    _field(paragraph, "NUMPAGES")
    _run(paragraph, after, size=8, quiet=True)


def _field(paragraph: Paragraph, instruction: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
