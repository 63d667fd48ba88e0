"""Values and tables with which every letter can be written, in both languages; the companies are invented."""

from __future__ import annotations

from huikuan.mechanisms.notices.domain.templates import Table

CUSTOMER, ENGLISH_CUSTOMER = "海岳风电设备（盐城）有限公司", "Haiyue Wind Power Equipment (Yancheng) Co., Ltd."
_IN_WORDS = {
    "zh-hans": "人民币壹佰叁拾叁万陆仟肆佰捌拾元伍角",
    "en": "one million three hundred and thirty-six thousand four hundred and eighty yuan and fifty fen",
}
_BASIS = {"zh-hans": "合同约定的一年期LPR的1.5倍", "en": "1.5 times the one-year LPR agreed in the contract"}
_TOLD = {
    "zh-hans": "计息依据：合同约定的一年期LPR的1.5倍。截至2026-11-22，逾期利息为 CNY 31,207.88。",
    "en": "Interest up to 2026-11-22 amounts to CNY 31,207.88 (1.5 times the one-year LPR).",
}
ROWS = (
    ("XS-2026-0412", "2026-06-12", "2026-08-11", "103", "380,000.00", "380,000.00"),
    ("XS-2026-0498", "2026-07-20", "2026-09-18", "65", "1,260,000.00", "860,000.00"),
    ("XS-2026-0555", "2026-08-28", "2026-10-27", "26", "96,480.50", "96,480.50"),
)


def items(language: str, rows: int = 0) -> Table:
    """Three documents, or `rows` of them."""
    heads = {
        "zh-hans": ("单据号", "单据日期", "到期日", "逾期天数", "原金额", "未付金额"),
        "en": ("Document", "Dated", "Due", "Days late", "Original", "Open"),
    }[language]
    total = {"zh-hans": "合计", "en": "Total"}[language]
    many = tuple((f"XS-2026-{number:05}", *ROWS[number % 3][1:]) for number in range(rows)) if rows else ROWS
    return Table(heads, many, (total, "", "", "", "1,736,480.50", "1,336,480.50"), (3, 4, 5))


def tables(language: str) -> dict[str, Table]:
    english = language == "en"
    account = (
        ("Opening", "Invoiced", "Returned", "Paid", "Closing") if english else ("期初", "开票", "退货", "回款", "期末")
    )
    segments = (
        ("From", "To", "Days", "Principal", "Rate", "Interest")
        if english
        else ("起", "止", "天数", "计息本金", "年利率", "利息")
    )
    return {
        "items": items(language),
        "account": Table(
            account, (("1,000,000.00", "1,736,480.50", "0.00", "1,400,000.00", "1,336,480.50"),), (), (0, 1, 2, 3, 4)
        ),
        "segments": Table(
            segments,
            (
                ("2024-07-01", "2024-07-21", "21", "1,000,000.00", "5.175%", "2,977.40"),
                ("2024-07-22", "2024-10-20", "91", "1,000,000.00", "5.025%", "12,528.08"),
                ("2024-10-21", "2025-05-19", "211", "1,000,000.00", "4.65%", "26,880.82"),
                ("2025-05-20", "2025-06-29", "41", "1,000,000.00", "4.5%", "5,054.79"),
            ),
            ("Total" if english else "合计", "", "364", "", "", "47,441.10"),
            (2, 3, 4, 5),
        ),
    }


def values(language: str) -> dict[str, str]:
    """Every placeholder a letter may ask for beside the letterhead's."""
    english = language == "en"
    name = ENGLISH_CUSTOMER if english else CUSTOMER
    return {
        "customer_name": name,
        "customer_code": "C-0012",
        "customer_uscc": "91350100M000100Y43",
        "contact_name": "陈工",
        "letter_number": "CK-2026-000017",
        "currency": "CNY",
        "our_contact": "李会计",
        "our_phone": "000-8800 1234",
        "as_of": "2026-11-22",
        "total": "1,336,480.50",
        "item_count": "3",
        "contract_numbers": "HT-2026-018",
        "total_in_words": _IN_WORDS[language],
        "oldest_due": "2026-08-11",
        "days_late": "103",
        "deadline": "2026-12-05",
        "interest": "31,207.88",
        "interest_open": "31,207.88",
        "interest_basis": _BASIS[language],
        "interest_until": "2026-11-22",
        "interest_told": _TOLD[language],
        "total_with_interest": "1,367,688.38",
        "firm_name": "示范律师事务所",
        "firm_address": "江临市示范区样本路 1 号",
        "firm_phone": "000-6600 0000",
        "lawyer_name": "王律",
        "lawyer_licence": "10000000000000000",
        "assignee_name": "示例商业保理有限公司",
        "assignee_uscc": "91350100M000100Y43",
        "assignee_address": "江临市样本路 9 号",
        "assignee_contact": "000-7700 0000",
        "agreement_number": "BL-2026-07",
        "agreement_date": "2026-11-01",
        "evidence": "保理合同及债权清单",
        "registration_number": "",
        "assignee_holder": "",
        "assignee_bank": "示例银行",
        "assignee_number": "6200 0000 1111 2222",
        "document_no": "XS-2024-0101",
        "principal": "1,000,000.00",
        "principal_due": "1,000,000.00",
        "due_date": "2024-06-30",
        "until": "2025-06-30",
        "interest_rule": "1.5 × LPR",
        "day_count": "365",
        "period_from": "2026-10-01",
        "period_to": "2026-10-31",
        "closing": "1,336,480.50",
        "closing_words": "owed to us by you" if english else "贵公司欠我公司",
        "reply_by": "2026-12-01",
        "pay_by": "2026-12-10",
        "confirm_link": "https://example.com/c/ab12",
        "goodwill_offer": "",
        "statement_number": "2026-000031",
    }
