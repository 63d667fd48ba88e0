"""Every bank file of the public data folder: read with exact sums, or refused for a true reason.

What the suites the files came with expect of them is compared line by line, before the sums are proved: many of those
files were cut to pieces or edited by their makers, and are rightly refused as a whole.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.files.limits import Limits
from huikuan.mechanisms.files.workbooks import read_workbook
from huikuan.record.banking.domain.reading import read_drafts, read_statements
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.tests import goldens

DATA = Path(__file__).parents[6] / "shared" / "data" / "bank"
TODAY = date(2026, 11, 22)

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the repository")

#: layout, currency, lines, their sum, opening and closing in minor units.
Told = tuple[str, str, int, int, int | None, int | None]

READ: dict[str, list[Told]] = {
    "camt_genkgo/camt052.v1.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v2.other-account.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v2.with-account-name.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v2.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v4.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v6.Amt-zero.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt052.v6.xml": [
        ("camt.052", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt053.v2.with-account-name.xml": [
        ("camt.053", "EUR", 1, 885, None, None),
    ],
    "camt_genkgo/camt054.v2.with-account-name.xml": [
        ("camt.054", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt054.v2.xml": [
        ("camt.054", "SEK", 1, -20000000, None, None),
    ],
    "camt_genkgo/camt054.v4.xml": [
        ("camt.054", "SEK", 1, -20000000, None, None),
    ],
    "mt940_wolph/betterplace/sepa_mt9401.sta": [
        ("mt940", "EUR", 7, -290987, -123471836, -123762823),
        ("mt940", "EUR", 2, -48524995, -97049990, -145574985),
        ("mt940", "EUR", 5, -52803851, -170929634, -223733485),
        ("mt940", "EUR", 3, 105000000, 319267504, 424267504),
        ("mt940", "EUR", 5, -72669427, -236882787, -309552214),
        ("mt940", "EUR", 1, 5099005, 15297015, 20396020),
        ("mt940", "EUR", 4, 992837, -4043220, -3050383),
        ("mt940", "EUR", 4, -7035062, -3050383, -10085445),
        ("mt940", "EUR", 8, 19355186, -155249738, -135894552),
        ("mt940", "EUR", 3, -94452559, -135894552, -230347111),
        ("mt940", "EUR", 6, 89748303, -382947787, -293199484),
        ("mt940", "EUR", 6, -208770312, -293199484, -501969796),
        ("mt940", "EUR", 6, -24052781, -577758557, -601811338),
        ("mt940", "EUR", 3, -282631200, -601811338, -884442538),
        ("mt940", "EUR", 1, 1399005, 1399005, 2798010),
        ("mt940", "EUR", 5, -2006602, -361251902, -363258504),
        ("mt940", "EUR", 5, -18231643, -363258504, -381490147),
        ("mt940", "EUR", 2, -129869205, -381490147, -511359352),
        ("mt940", "EUR", 1, 5099005, 15297015, 20396020),
        ("mt940", "EUR", 3, 9299019, 14596458, 23895477),
        ("mt940", "EUR", 4, 35859391, 76665649, 112525040),
        ("mt940", "EUR", 7, -250161722, -197043187, -447204909),
        ("mt940", "EUR", 3, -7240000, -32491025, -39731025),
        ("mt940", "EUR", 1, -15000, -45000, -60000),
        ("mt940", "EUR", 1, -15000, -45000, -60000),
        ("mt940", "EUR", 1, 5005, 0, 5005),
    ],
    "mt940_wolph/betterplace/with_binary_character.sta": [
        ("mt940", "EUR", 3, -18018675, 38011577, 19992902),
        ("mt940", "EUR", 1, 112000, 13007319, 13119319),
    ],
    "mt940_wolph/cmxl/mt940.sta": [
        ("mt940", "DEM", 11, 8730, 8434974, 8443704),
        ("mt940", "EUR", 2, 220000, 218795, 438795),
        ("mt940", "PLN", 3, 1004000, 4000000, 5004000),
    ],
    "mt940_wolph/self-provided/february_30.sta": [
        ("mt940", "EUR", 1, -600, 120000, 119400),
    ],
    "mt940_wolph/self-provided/long_statement_number.sta": [
        ("mt940", "TRY", 0, 0, 0, 0),
    ],
    "mt940_wolph/self-provided/mt942.sta": [
        ("mt942", "EUR", 1, -42, None, None),
    ],
    "mt940_wolph/self-provided/raphaelm.sta": [
        ("mt940", "DEM", 6, 10500000, 0, 10500000),
        ("mt940", "DEM", 2, 4000000, 10500000, 14500000),
        ("mt940", "DEM", 1, -5000000, 14500000, 9500000),
    ],
    "mt940_wolph/self-provided/transaction_details_wrapped.sta": [
        ("mt940", "EUR", 1, -600, 120000, 119400),
    ],
    "mt940_wolph/self-provided/wrapped_timestamp.sta": [
        ("mt940", "EUR", 1, -600, 120000, 119400),
    ],
    "oca/balance.csv": [
        ("table", "CNY", 2, 150000, 1000, 151000),
    ],
    "oca/debit_credit.csv": [
        ("table", "CNY", 2, 150000, 1000, 151000),
    ],
    "oca/empty_statement_en.xlsx": [
        ("table", "CNY", 0, 0, None, None),
    ],
    "oca/empty_statement_en.csv": [
        ("table", "CNY", 0, 0, None, None),
    ],
    "oca/test-camt053-no-ntry": [
        ("camt.053", "CHF", 0, 0, 152076, 152076),
    ],
    "oca/test-camt053-txdtls": [
        ("camt.053", "CHF", 2, 348300, 7596015, 7944315),
    ],
    "oca/test-camt054": [
        ("camt.054", "EUR", 1, 500, None, None),
    ],
    "zh_double_entry_generator/alipay__example-alipay-records.csv": [
        ("alipay", "CNY", 4, 22208686, None, None),
        ("alipay", "CNY", 1, -2000, None, None),
    ],
    "zh_double_entry_generator/bmo__debit__example-bmo-records.csv": [
        ("table", "CNY", 4, -15831, None, None),
    ],
    "zh_double_entry_generator/boc__credit__example-boc-records.csv": [
        ("table", "CNY", 13, -23825, None, None),
        ("table", "USD", 1, -372, None, None),
    ],
    "zh_double_entry_generator/hsbchk__credit__example-hsbchk-credit-records.csv": [
        ("table", "CNY", 10, 173227, None, None),
        ("table", "HKD", 1, -2790, None, None),
    ],
    "zh_double_entry_generator/mt__example-mt-records.csv": [
        ("meituan", "CNY", 29, -101407, None, None),
    ],
    "zh_double_entry_generator/wechat__example-wechat-records.csv": [
        ("wechat", "CNY", 16, -287604, None, None),
    ],
}

#: Why the others are refused: cut to pieces, edited by their makers, or silent about what a reader must know.
REFUSED = {
    "mt940_incomplete": [
        "mt940_wolph/betterplace/amount_formats.sta",
        "mt940_wolph/betterplace/currency_in_25.sta",
        "mt940_wolph/betterplace/empty_86.sta",
        "mt940_wolph/betterplace/empty_entry_date.sta",
        "mt940_wolph/betterplace/empty_line.sta",
        "mt940_wolph/betterplace/missing_crlf_at_end.sta",
        "mt940_wolph/cmxl/account_balance_credit.sta",
        "mt940_wolph/cmxl/account_balance_debit.sta",
        "mt940_wolph/cmxl/account_identification_iban.sta",
        "mt940_wolph/cmxl/account_identification_legacy.sta",
        "mt940_wolph/cmxl/available_balance.sta",
        "mt940_wolph/cmxl/closing_balance.sta",
        "mt940_wolph/cmxl/reference.sta",
        "mt940_wolph/cmxl/statement_details.sta",
        "mt940_wolph/cmxl/statement_line.sta",
        "mt940_wolph/cmxl/statement_number.sta",
        "mt940_wolph/self-provided/account_identification.sta",
        "mt940_wolph/self-provided/empty_non_swift.sta",
        "mt940_wolph/self-provided/gv_codes.sta",
        "mt940_wolph/self-provided/multiline.sta",
        "mt940_wolph/self-provided/sparkassen.sta",
    ],
    "mt940_out_of_place": [
        "mt940_wolph/betterplace/sepa_snippet_broken.sta",
    ],
    "statement_amount_unreadable": [
        "oca/sample_statement_en_empty_values.xlsx",
        "zh_double_entry_generator/icbc__debit-v1__example-icbc-debit-v1-records.csv",
    ],
    "statement_balance_broken": [
        "oca/debit_credit_amount.csv",
        "zh_double_entry_generator/bocom_debit__example-bocom_debit-records.csv",
        "zh_double_entry_generator/ccb__交易明细_xxxx_2025xxxx_2025xxxx.xls",
        "zh_double_entry_generator/cmb__debit__example-cmb-records.csv",
        "zh_double_entry_generator/hsbchk__debit__example-hsbchk-debit-records.csv",
    ],
    "statement_currencies_differ": [
        "camt_genkgo/camt053.v2.minimal.ultimate.xml",
        "camt_genkgo/camt053.v2.minimal.xml",
        "camt_genkgo/camt053.v3.xml",
        "camt_genkgo/camt053.v4.xml",
    ],
    "statement_date_order_unknown": [
        "oca/meta_data_separated_credit_debit.csv",
        "oca/meta_data_separated_credit_debit.xlsx",
    ],
    "statement_direction_unproven": [
        "oca/multi_currency.csv",
        "oca/original_currency.csv",
        "oca/original_currency_empty.csv",
        "oca/sample_statement_credit_card_inverse_sign_en.csv",
        "oca/sample_statement_en.csv",
        "oca/sample_statement_en.xlsx",
        "zh_double_entry_generator/bmo__credit__example-bmo-records.csv",
        "zh_double_entry_generator/cgb_credit__example-cgb_credit-records.csv",
    ],
    "statement_layout_unknown": [
        "oca/original_currency_no_header.csv",
        "zh_corporate_statement_headers_14_banks.csv",
        "zh_double_entry_generator/bocom_credit__example-bocom_credit-records.csv",
        "zh_double_entry_generator/cmb__credit__example-cmb-records.csv",
        "zh_double_entry_generator/td__example-td-records.csv",
    ],
    "statement_sums_differ": [
        "camt_genkgo/camt053.v2.all-balance-types.xml",
        "mt940_wolph/betterplace/sepa_snippet.sta",
        "mt940_wolph/self-provided/details_60-63.sta",
        "mt940_wolph/self-provided/malformed_details.sta",
        "mt940_wolph/self-provided/overly_long_details.sta",
        "mt940_wolph/self-provided/raiffeisen-cmi.sta",
        "mt940_wolph/self-provided/whitespace.sta",
        "oca/test-camt053",
    ],
    "statement_totals_differ": [
        "zh_double_entry_generator/icbc__credit__example-icbc-credit-records.csv",
    ],
    "statement_unreadable": [
        "mt940_wolph/self-provided/invalid_statement.sta",
    ],
}

#: What a person says of tables that do not say it themselves, and the sum of the lines then.
AMOUNT = {"booked_on": "Date", "amount": "Amount", "counterparty_name": "Partner Name", "currency": "Currency"}
MAPPED: dict[str, tuple[dict[str, object], list[int]]] = {
    "oca/multi_currency.csv": ({**AMOUNT, "signs": "in"}, [-3350, 152500]),
    "oca/original_currency.csv": ({**AMOUNT, "signs": "in"}, [152500]),
    "oca/original_currency_empty.csv": ({**AMOUNT, "signs": "in"}, [152500]),
    "oca/original_currency_no_header.csv": (
        {"booked_on": 1, "currency": 3, "amount": 4, "header_row": 0, "signs": "in"},
        [152500],
    ),
    "oca/sample_statement_credit_card_inverse_sign_en.csv": ({**AMOUNT, "signs": "out"}, [-3350, 152500]),
    "oca/sample_statement_en.csv": ({**AMOUNT, "signs": "in"}, [-3350, 152500]),
    "oca/sample_statement_en.xlsx": ({**AMOUNT, "signs": "in"}, [-3350, 152500]),
    "zh_double_entry_generator/bmo__credit__example-bmo-records.csv": (
        {"booked_on": "Posting Date", "amount": "Transaction Amount", "signs": "out"},
        [-327, -8506, -600],
    ),
    "zh_double_entry_generator/cgb_credit__example-cgb_credit-records.csv": (
        {"booked_on": "入账日期", "amount": "入账金额", "currency": "入账货币", "signs": "out"},
        [-1590, 9720, -38742, 113068],
    ),
    "zh_double_entry_generator/td__example-td-records.csv": (
        {"booked_on": 1, "debit": 3, "credit": 4, "header_row": 0, "date_order": "mdy"},
        [-196, -1210, -1000, 1, -3500, -1568, -530, -23913, 33222],
    ),
}


def read(name: str, **how: Any) -> tuple[Statement, ...]:
    path = DATA / name
    return read_statements(bytes_of(path), path.name, today=TODAY, **how)


def bytes_of(path: Path) -> bytes:
    if path.suffix in (".xlsx", ".xls"):
        return read_workbook(path, path.name, "", Limits())[0]
    return path.read_bytes()


def test_every_file_of_the_folder_is_told_of() -> None:
    """The files that only say what others hold, and a zip, are no statements."""
    beside = {".json", ".yml", ".pydata", ".zip"}
    there = {str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.is_file() and path.suffix not in beside}
    assert there == {*READ, *(name for names in REFUSED.values() for name in names)}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_to_the_cent(name: str) -> None:
    found = [
        (one.layout, one.currency, len(one.lines), sum(line.amount for line in one.lines), one.opening, one.closing)
        for one in read(name)
    ]
    assert found == READ[name]


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in REFUSED.items() for name in names])
def test_a_file_is_refused_for_a_true_reason(code: str, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(name)
    assert caught.value.code == code


@pytest.mark.parametrize("name", MAPPED)
def test_a_mapping_says_what_the_file_does_not(name: str) -> None:
    mapping, amounts = MAPPED[name]
    assert [line.amount for one in read(name, mapping=mapping) for line in one.lines] == amounts


def test_a_list_of_a_filtered_account_is_taken_as_a_part() -> None:
    name = next(name for name in REFUSED["statement_balance_broken"] if name.endswith(".xls"))
    (statement,) = read(name, partial=True)
    assert [line.amount for line in statement.lines] == [-6700, -1678, -2000, -51502, -1806, -6640]
    assert (statement.opening, statement.closing) == (None, None)


def drafted(path: Path) -> list[Line]:
    """The lines as read, before anything is proved; none where nothing can be read."""
    try:
        drafts = read_drafts(path.read_bytes(), path.name)
    except Refusal:
        return []
    return [line for draft in drafts for line in draft.statement.lines]


def cases(pattern: str) -> list[Path]:
    return sorted(DATA.glob(pattern))


@pytest.mark.parametrize("path", cases("mt940_wolph/*/*.sta"), ids=lambda path: path.stem)
def test_mt940_is_read_as_its_own_suite_expects(path: Path) -> None:
    """Four differences are meant: reversals of credits are subtracted (the bank's closing balance proves it), an IBAN
    is preferred to an account number, blanks in it do not count, and :NS:15 names the other side."""
    lines, expected = drafted(path), goldens.of_mt940(path.with_suffix(".yml"))
    assert len(lines) == len(expected)
    for line, wanted in zip(lines, expected, strict=True):
        minor = to_minor(wanted.amount, line.currency or "EUR")
        assert line.amount == (-minor if line.reversal and line.raw[":61:"][10:12] == "RC" else minor)
        assert (line.value_on, line.booked_on) == (wanted.value_on, wanted.booked_on or wanted.value_on)
        assert line.bank_reference == wanted.bank_reference
        assert wanted.name in (line.counterparty_name, "")
        assert line.counterparty_account == "".join(wanted.account.split()) or "?38" in line.raw[":86:"]


@pytest.mark.parametrize("path", cases("camt_genkgo/*.xml"), ids=lambda path: path.stem)
def test_camt_is_read_as_its_own_suite_expects(path: Path) -> None:
    """Where an entry of a report within the day names no day, that of the message is shown."""
    lines, expected = drafted(path), goldens.of_camt(path.with_suffix(".json"))
    found = [(line.amount, line.value_on, line.bank_reference) for line in lines]
    assert found == [(int(wanted.amount), wanted.value_on, wanted.bank_reference) for wanted in expected]
    assert all(wanted.booked_on in (line.booked_on, None) for line, wanted in zip(lines, expected, strict=True))


@pytest.mark.parametrize("path", cases("oca/golden-*.pydata"), ids=lambda path: path.stem)
def test_camt_is_read_as_the_suite_of_oca_expects(path: Path) -> None:
    data = path.with_name(path.name.replace("golden-", "test-").removesuffix(".pydata"))
    drafts = read_drafts(data.read_bytes(), data.name)
    for draft, wanted in zip(drafts, goldens.of_oca(path), strict=False):
        one = draft.statement
        assert (one.account, one.currency, one.number) == (wanted.account, wanted.currency, wanted.number)
        found = [
            (line.amount, line.booked_on, line.counterparty_name, line.counterparty_account) for line in one.lines
        ]
        assert found == [
            (to_minor(line.amount, one.currency), line.booked_on, line.name, line.account) for line in wanted.lines
        ]
        if one.layout == "camt.053":
            ends = (to_minor(wanted.opening, one.currency), to_minor(wanted.closing, one.currency))
            assert (one.opening, one.closing) == ends
