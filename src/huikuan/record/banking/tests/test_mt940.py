"""MT940 and MT942: fields, dialects of :86:, days and signs, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.record.banking.domain.reading import read_statements
from huikuan.record.banking.domain.statements import Line, Statement

TODAY = date(2026, 11, 22)


def message(*entries: str, closing: str = "C261120EUR142,", account: str = "HAFNATWW/0001") -> str:
    """A statement of the 20th that opens with 100,00."""
    middle = "".join(f"{entry}\n" for entry in entries)
    return f":20:STMT\n:25:{account}\n:28C:00012/1\n:60F:C261119EUR100,00\n{middle}:62F:{closing}\n-\n"


def read(text: str | bytes) -> tuple[Statement, ...]:
    data = text.encode() if isinstance(text, str) else text
    return read_statements(data, "day.sta", today=TODAY)


def line(*entries: str, closing: str = "C261120EUR142,") -> Line:
    ((one,),) = [statement.lines for statement in read(message(*entries, closing=closing))]
    return one


def refused(text: str | bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(text)
    return caught.value


def test_a_statement() -> None:
    text = message(
        ":61:2611201120CR42,00NTRFRE-4711//BANK77\nmore of it",
        ":86:166?00GUTSCHRIFT?20EREF+E-9SVWZ+Rechnung 47?2111?30HAFNATWW?31AT112222?32Nordlicht ?33AG",
    )
    for whole in (text, text.replace("\n", "\r\n"), "{1:F01HAFNATWW}{2:I940X}{4:\n" + text[:-2] + "-}"):
        (statement,) = read(whole)
        assert (statement.account, statement.number, statement.currency) == ("HAFNATWW/0001", "00012/1", "EUR")
        assert (statement.opening, statement.closing, statement.booked) == (10_000, 14_200, True)
        (one,) = statement.lines
        assert (one.amount, one.booked_on, one.value_on) == (4_200, date(2026, 11, 20), date(2026, 11, 20))
        assert (one.bank_reference, one.end_to_end, one.reversal) == ("BANK77", "E-9", False)
        assert (one.counterparty_name, one.counterparty_account) == ("Nordlicht AG", "AT112222")
        assert (one.counterparty_bank, one.memo) == ("HAFNATWW", "Rechnung 4711; more of it")


@pytest.mark.parametrize(
    ("mark", "amount", "closing", "reversal"),
    [
        ("C", 4_200, "C261120EUR142,", False),
        ("CR", 4_200, "C261120EUR142,", False),
        ("D", -4_200, "C261120EUR58,", False),
        ("RC", -4_200, "C261120EUR58,", True),
        ("RD", 4_200, "C261120EUR142,", True),
        ("RDR", 4_200, "C261120EUR142,", True),
    ],
)
def test_the_mark_says_which_way_and_the_balance_proves_it(
    mark: str, amount: int, closing: str, reversal: bool
) -> None:
    one = line(f":61:261120{mark}42,NMSCNONREF", closing=closing)
    assert (one.amount, one.reversal, one.bank_reference, one.end_to_end) == (amount, reversal, "", "")


@pytest.mark.parametrize(
    ("days", "booked_on", "value_on"),
    [
        ("261120", date(2026, 11, 20), date(2026, 11, 20)),
        ("2611191120", date(2026, 11, 20), date(2026, 11, 19)),
        ("2512310102", date(2026, 1, 2), date(2025, 12, 31)),
        ("2601021231", date(2025, 12, 31), date(2026, 1, 2)),
        ("2602300301", date(2026, 3, 1), date(2026, 2, 28)),
        ("2402300301", date(2024, 3, 1), date(2024, 2, 29)),
        ("2402290301", date(2024, 3, 1), date(2024, 2, 29)),
        ("2302290301", date(2023, 3, 1), date(2023, 2, 28)),
        ("9912311231", date(1999, 12, 31), date(1999, 12, 31)),
    ],
)
def test_days(days: str, booked_on: date, value_on: date) -> None:
    one = line(f":61:{days}C42,NTRFX")
    assert (one.booked_on, one.value_on) == (booked_on, value_on)


@pytest.mark.parametrize("days", ["261131", "260231", "261301", "2611201332"])
def test_days_that_do_not_exist_are_refused(days: str) -> None:
    refusal = refused(message(f":61:{days}C42,NTRFX"))
    assert (refusal.code, refusal.where[0].row) == ("statement_date_impossible", 5)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("166?20RE?21CHNUNG 1?32Nord?33licht", ("RECHNUNG 1", "Nordlicht", "", "")),
        ("~00PRZELEW~20FAKTURA 1~32Zorza~3112", ("FAKTURA 1", "Zorza", "12", "")),
        ("999<00X<20FV 9<38PL61 1090", ("FV 9", "", "PL611090", "")),
        ("/TRTP/SEPA/IBAN/NL01/NAME/Polder BV/REMI/Factuur 7/8/EREF/E7", ("Factuur 7/8", "Polder BV", "NL01", "E7")),
        ("166?20KREF+ASVWZ+Los?60 1ABWA+Sonne KG", ("Los 1; Sonne KG", "", "", "")),
        ("WIRE FROM NORDLICHT", ("WIRE FROM NORDLICHT", "", "", "")),
        ("/no/known/word", ("/no/known/word", "", "", "")),
    ],
)
def test_dialects_of_the_details(field: str, expected: tuple[str, str, str, str]) -> None:
    one = line(":61:261120C42,NTRFNONREF", f":86:{field}")
    assert (one.memo, one.counterparty_name, one.counterparty_account, one.end_to_end) == expected


def test_words_cut_at_the_line_end_are_joined_and_others_kept_apart() -> None:
    cut = "Rechnung 4711 vom zwanzigsten November und vieles andere mehr, Teilz"
    assert line(":61:261120C42,NTRFX", f":86:{cut}\nahlung\nDanke").memo == f"{cut}ahlung Danke"


def test_the_numbered_lines_of_a_non_swift_field() -> None:
    one = line(":61:261120C42,NTRFX", ":NS:01Rechnung 4711\n02zweiter Teil\n15Nordlicht\n17UEBERWEISUNG\n1812345")
    assert (one.memo, one.counterparty_name) == ("Rechnung 4711 zweiter Teil", "Nordlicht")


def test_words_of_the_bank_about_the_whole_belong_to_no_line() -> None:
    text = message(":61:261120C42,NTRFX").replace("\n-\n", "\n:86:total of the day\n-\n")
    assert read(text)[0].lines[0].memo == ""


def test_a_line_within_the_details_that_looks_like_a_field() -> None:
    assert (
        line(":61:261120C42,NTRFX", ":86:106?20gebucht 12-09-2014T16\n:26:37 Ende").memo
        == "gebucht 12-09-2014T16:26:37 Ende"
    )


def test_a_report_within_the_day_is_announced() -> None:
    text = ":20:R\n:25:HAFN/1\n:28C:1/1\n:34F:EURD0,\n:13D:2611201730+0000\n:61:261120C42,NTRFX\n:90D:0EUR0,\n"
    (statement,) = read(text)
    assert (statement.booked, statement.layout, statement.lines[0].amount) == (False, "mt942", 4_200)


def test_pages_and_several_accounts() -> None:
    first = message(":61:261120C42,NTRFX").replace(":62F:", ":62M:")
    second = message(":61:261120D2,NTRFX").replace(":60F:C261119EUR100,00", ":60M:C261120EUR142,00")
    second = second.replace(":62F:C261120EUR142,", ":62F:C261120140,")
    other = message(closing="C261120EUR100,", account="51210600/9223382012EUR")
    found = read(first + second.removeprefix("-") + other)
    assert [(one.account, one.opening, one.closing, len(one.lines)) for one in found] == [
        ("HAFNATWW/0001", 10_000, 14_200, 1),
        ("HAFNATWW/0001", 14_200, 14_000, 1),
        ("51210600/9223382012", 10_000, 10_000, 0),
    ]


def test_all_on_one_line() -> None:
    (statement,) = read(message(":61:261120C42,NTRFX", ":86:Rechnung 1").replace("\n-\n", "").replace("\n", ""))
    assert [(one.amount, one.memo) for one in statement.lines] == [(4_200, "Rechnung 1")]


def test_letters_of_chinese_and_of_western_banks() -> None:
    text = message(":61:261120C42,NTRFX", ":86:166?20货款4711?32海岳风电")
    assert read(text.encode("gb18030"))[0].lines[0].counterparty_name == "海岳风电"
    western = message(":61:261120C42,NTRFX", ":86:166?20Rechnung?32Müller & Söhne")
    assert read(western.encode("latin-1"))[0].lines[0].counterparty_name == "Müller & Söhne"
    binary = message(":61:261120C42,NTRFX", ":86:166?20Rech\x00nung\x9d 1")
    assert read(binary)[0].lines[0].memo == "Rechnung 1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (message(":61:261120C42,NTRFX")[:-20], "mt940_incomplete"),
        (":61:261120C42,NTRFX\n", "mt940_incomplete"),
        (message(":61:261120C41,99NTRFX"), "statement_sums_differ"),
        (message(":61:261120C42,001NTRFX"), "statement_amount_too_fine"),
        (message(":61:261120X42,NTRFX"), "mt940_entry_unreadable"),
        (message(":61:261120C,NTRFX"), "mt940_entry_unreadable"),
        (message(":61:261120C42,NTRFX", ":25:166?00GUTSCHRIFT"), "mt940_out_of_place"),
        (message(closing="C261120USD100,"), "statement_currencies_differ"),
        (message(closing="X261120EUR100,"), "mt940_balance_unreadable"),
        (message(":61:261202C42,NTRFX"), "statement_day_to_come"),
    ],
)
def test_what_is_refused(text: str, code: str) -> None:
    assert refused(text).code == code


def test_a_movement_of_nothing_is_left_out() -> None:
    (statement,) = read(message(":61:261120C42,NTRFX", ":61:261120C0,NMSCX"))
    assert [line.ordinal for line in statement.lines] == [1]
    assert [(place.row, place.reason) for place in statement.left_out] == [(6, "no_amount")]


def test_a_currency_without_decimals_may_write_zeros() -> None:
    text = message(":61:261120C4200,00NTRFX", closing="C261120JPY4300,").replace("EUR100,00", "JPY100,00")
    assert read(text)[0].lines[0].amount == 4_200
