"""Files cut, changed and made to hurt: a statement or a refusal, nothing else."""

from __future__ import annotations

import tracemalloc
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Statement
from huikuan.record.banking.tests.camts import balance, camt, entry, payment, report
from huikuan.record.banking.tests.exports import EXPORTS

TODAY = date(2026, 11, 22)
CAMT = camt(
    report(
        entry("42.00", payment("40.00"), payment("2.00")),
        entry("-1.00", reference="B2"),
        balances=balance("OPBD", "100.00") + balance("CLBD", "141.00"),
    )
)
MT940 = (
    b":20:STMT\n:25:HAFNATWW/0001\n:28C:1/1\n:60F:C261119EUR100,00\n:61:2611201120CR42,00NTRFE1//B77\n"
    b":86:166?00GUTSCHRIFT?20EREF+E9SVWZ+Rechnung 4711?32Nordlicht AG\n:61:261120D1,NMSCNONREF\n"
    b":62F:C261120EUR141,\n-\n"
)
WHOLE = [CAMT, MT940, *(export.text().encode() for export in EXPORTS), EXPORTS[0].text("\t").encode("gb18030")]


def outcome(data: bytes, *, partial: bool = False) -> tuple[Statement, ...] | str:
    """The statements, or the code of the refusal; anything else fails the test."""
    try:
        return read_statements(data, "any", today=TODAY, partial=partial)
    except Refusal as refusal:
        return refusal.code


def sound(statements: tuple[Statement, ...]) -> bool:
    """Whether all that is read can be recorded: sums hold, no line of nothing, places known."""
    return all(
        (
            one.opening is None
            or one.closing is None
            or one.opening + sum(line.amount for line in one.lines) == one.closing
        )
        and [line.ordinal for line in one.lines] == list(range(1, len(one.lines) + 1))
        and all(line.amount and line.row > 0 and line.currency == one.currency for line in one.lines)
        and "\x00" not in repr(one)
        for one in statements
    )


def test_the_whole_files_are_sound() -> None:
    for data in WHOLE:
        read = outcome(data)
        assert not isinstance(read, str)
        assert sound(read)
        assert any(one.lines for one in read)


@given(data=st.sampled_from(WHOLE), keep=st.floats(0, 1), partial=st.booleans())
@settings(deadline=None, max_examples=150)
def test_a_file_cut_off_anywhere(data: bytes, keep: float, partial: bool) -> None:
    read = outcome(data[: int(len(data) * keep)], partial=partial)
    assert isinstance(read, str) or sound(read)


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_a_file_with_bytes_changed(data: st.DataObject) -> None:
    changed = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(changed) - 1))
        piece = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b",", b'"', b"\n", b":61:", b"<", b"\x00"]))
        )
        changed[place : place + data.draw(st.integers(0, 3))] = piece
    read = outcome(bytes(changed), partial=data.draw(st.booleans()))
    assert isinstance(read, str) or sound(read)


@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
@settings(deadline=None, max_examples=150)
def test_any_bytes(data: bytes) -> None:
    read = outcome(data)
    assert isinstance(read, str) or sound(read)


@given(
    st.lists(
        st.lists(st.sampled_from(["2026-11-20", "1.00", "-3", "贷", "借", "合计", "", "x", "*", "¥5"]), max_size=7)
    )
)
@settings(deadline=None, max_examples=150)
def test_any_rows_below_a_known_header(rows: list[list[str]]) -> None:
    header = "交易日,借方金额,贷方金额,余额,摘要,冲账标志,币种"
    read = outcome("\n".join([header, *(",".join(row) for row in rows)]).encode(), partial=True)
    assert isinstance(read, str) or sound(read)


def test_a_cut_statement_never_passes_for_a_whole_one() -> None:
    """Wherever MT940 or camt is cut, it is refused; the whole is read."""
    for data in (MT940.rstrip(b"-\n"), CAMT):
        assert not isinstance(outcome(data), str)
        shorter = [outcome(data[:length]) for length in range(0, len(data) - 5, 7)]
        assert all(isinstance(read, str) for read in shorter)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"booked_on,amount," + b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "too_many_columns"),
        (b"booked_on,amount,memo\n2026-11-20,1," + b"x" * (17 << 20) + b"\n", "quotes_broken"),
        (b'booked_on,amount,memo\n2026-11-20,1,"open\n2026-11-20,2,b\n', "quotes_broken"),
        (b"booked_on,amount\n" + b"a,1\n" * 200_001, "too_many_rows"),
        (b"booked_on,amount\n2026-11-20,1e999999\n", "statement_amount_unreadable"),
        (b"booked_on,amount\n2026-11-20,99999999999999999999\n", "statement_amount_too_large"),
        (b"booked_on,amount\n2026-11-20,NaN\n", "statement_amount_unreadable"),
        (b"booked_on,amount\n2026-11-20,=1+1\n", "statement_amount_unreadable"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "encoding_unknown"),
        (b"   \n ", "file_empty"),
        (b"PK\x03\x04rest of an archive", "statement_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:24].decode("latin-1"),
)
def test_files_made_to_hurt(data: bytes, code: str) -> None:
    assert outcome(data) == code


def test_a_large_message_is_read_entry_by_entry() -> None:
    """Ten times the entries take ten times the lines' memory, not that of the tree around them."""

    def peak(count: int) -> int:
        entries = (entry("1.00", payment("1.00"), reference=f"R{number}") for number in range(count))
        data = camt(report(*entries))
        tracemalloc.start()
        read = outcome(data)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert not isinstance(read, str)
        kept = sum(len(one.lines) for one in read)
        assert kept == count
        return highest

    few, many = peak(40), peak(400)
    assert many < 11 * few
