"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "financials_changed_since": gettext_noop(
        "Somebody recorded these statements of %(customer)s meanwhile: you read version %(seen)s, now it is %(now)s."
        " Nothing was written."
    ),
    "financials_empty": gettext_noop("Not one amount is stated."),
    "financials_end_bad": gettext_noop("A period ends on a month's last day, like %(month_end)s; %(value)s is none."),
    "financials_field_missing": gettext_noop("“%(field)s” is missing."),
    "financials_file_empty": gettext_noop("The file has no line of a statement that is known here."),
    "financials_file_faults": gettext_noop("%(count)s rows of the file are wrong. Nothing was written."),
    "financials_file_long": gettext_noop("The file has %(rows)s rows; a statement has at most %(most)s."),
    "financials_file_missing": gettext_noop("There is no file %(file)s."),
    "financials_file_unreadable": gettext_noop(
        "The file is no table that can be read. Save it as xlsx or as CSV UTF-8."
    ),
    "financials_format_unknown": gettext_noop("“%(value)s” is no format of statements. Known: %(known)s."),
    "financials_inconsistent": gettext_noop(
        "The figures do not agree in %(count)s places. Correct them, or say why they are kept as they are."
    ),
    "financials_line_unknown": gettext_noop("The format “%(format)s” has no line “%(line)s”."),
    "financials_line_repeated": gettext_noop("“%(line)s” is given twice."),
    "financials_months_bad": gettext_noop("A period has 1 to 12 months, not “%(value)s”."),
    "financials_opening_of_flow": gettext_noop("“%(line)s” is a flow: it has no opening balance."),
    "financials_of_other": gettext_noop("The file is about %(stated)s, not about %(customer)s."),
    "financials_original_gone": gettext_noop("The file was read too long ago. Read it again; nothing was written."),
    "financials_reason_missing": gettext_noop("Say why the statements do not count any more."),
    "financials_received_early": gettext_noop(
        "They cannot have been received on %(value)s: the period ends on %(ends_on)s."
    ),
    "financials_received_late": gettext_noop(
        "They cannot have been received on %(value)s: today is %(today)s. Nothing was written."
    ),
    "financials_source_unknown": gettext_noop("“%(value)s” is no source of statements. Known: %(known)s."),
    "financials_template_exists": gettext_noop(
        "%(file)s exists already. Choose another name; nothing is overwritten."
    ),
    "financials_text_too_long": gettext_noop("“%(field)s” is longer than %(longest)s characters."),
    "financials_unit_unknown": gettext_noop("“%(value)s” is no unit of amounts. Known: %(known)s."),
    "financials_unknown": gettext_noop("There are no statements of the period %(period)s."),
    "financials_version_unknown": gettext_noop("There are no statements with number %(number)s."),
    "ratio_unknown": gettext_noop("There is no ratio “%(ratio)s”. Known: %(known)s."),
    "reference_columns_missing": gettext_noop("The file lacks these columns: %(columns)s."),
    "reference_file_empty": gettext_noop("The file has no reference values below its header."),
    "reference_file_faults": gettext_noop("%(count)s rows of reference values are wrong. Nothing was written."),
    "reference_text_bad": gettext_noop("Column %(column)s is empty or too long."),
    "reference_value_unreadable": gettext_noop("“%(value)s” is no value of a ratio."),
    "reference_year_bad": gettext_noop("“%(value)s” is no year."),
    "reference_tiers_missing": gettext_noop("“%(ratio)s” needs five values, from excellent to poor."),
    "reference_tiers_unordered": gettext_noop("The values of “%(ratio)s” do not get worse one by one: %(values)s."),
}

#: What is wrong with a row of a file.
FAULTS = {
    "financials_line_unknown": gettext_noop("this line is not in the format"),
    "financials_line_twice": gettext_noop("this line stands twice"),
    "ratio_unknown": gettext_noop("there is no such ratio"),
    "reference_text_bad": gettext_noop("this column is empty or too long"),
    "reference_value_unreadable": gettext_noop("this is no value of a ratio"),
    "reference_year_bad": gettext_noop("this is no year"),
    "reference_tiers_unordered": gettext_noop("the five values do not get worse one by one"),
}

#: What each field of a statement is called.
FIELDS = {
    "format": gettext_noop("Format"),
    "ends_on": gettext_noop("Period ends on"),
    "months": gettext_noop("Months of the period"),
    "currency": gettext_noop("Currency"),
    "unit": gettext_noop("Unit of amounts"),
    "audited": gettext_noop("Audited"),
    "source": gettext_noop("Source"),
    "received_on": gettext_noop("Received on"),
    "note": gettext_noop("Note"),
    "kept_reason": gettext_noop("Why the figures are kept as they are"),
}

FORMATS = {
    "small": gettext_noop("Accounting Standards for Small Enterprises"),
    "general": gettext_noop("Accounting Standards for Business Enterprises"),
}
UNITS = {"yuan": gettext_noop("1 (yuan)"), "thousand": gettext_noop("1,000"), "wan": gettext_noop("10,000")}
SOURCES = {
    "customer": gettext_noop("From the customer"),
    "public": gettext_noop("Publicly disclosed"),
    "registry": gettext_noop("Annual report in the registry"),
    "other": gettext_noop("Other source"),
}
KINDS = {
    "year": gettext_noop("Year"),
    "nine_months": gettext_noop("Nine months"),
    "half": gettext_noop("Half-year"),
    "quarter": gettext_noop("Quarter"),
    "month": gettext_noop("Month"),
    "months": gettext_noop("%(months)s months"),
}
SHEETS = {
    "balance": gettext_noop("Balance sheet"),
    "income": gettext_noop("Income statement"),
    "cash": gettext_noop("Cash flow statement"),
}
COLUMNS = {
    "closing": gettext_noop("closing"),
    "opening": gettext_noop("opening"),
    "flow": gettext_noop("of the period"),
}
#: What each rule of domain.checks says when it is not met.
RULES = {
    "sum": gettext_noop("The total is not the sum of its lines."),
    "balances": gettext_noop("Assets are not liabilities and equity."),
    "retained": gettext_noop("Retained earnings do not follow from the net profit."),
    "cash_held": gettext_noop("Cash differs between cash flow statement and balance sheet."),
    "carried": gettext_noop("The opening balance is not the closing one of the period before."),
}
#: Why a ratio has no value (domain.inputs).
REASONS = {
    "missing": gettext_noop("not stated"),
    "zero_base": gettext_noop("the base is nought"),
    "negative_base": gettext_noop("the base is negative"),
    "no_interest": gettext_noop("no interest to cover"),
}
GROUPS = {
    "solvency": gettext_noop("Solvency"),
    "profitability": gettext_noop("Profitability"),
    "operation": gettext_noop("Operating capability"),
    "cash_flow": gettext_noop("Cash flow"),
    "distress": gettext_noop("Distress (Altman)"),
}
RATIOS = {
    "current_ratio": gettext_noop("Current ratio"),
    "quick_ratio": gettext_noop("Quick ratio"),
    "debt_ratio": gettext_noop("Debt to assets"),
    "interest_cover": gettext_noop("Interest cover"),
    "interest_bearing_debt_ratio": gettext_noop("Interest-bearing share of liabilities"),
    "return_on_equity": gettext_noop("Return on equity"),
    "return_on_assets": gettext_noop("Return on total assets"),
    "operating_margin": gettext_noop("Operating margin"),
    "receivables_turnover": gettext_noop("Accounts receivable turnover"),
    "inventory_turnover": gettext_noop("Inventory turnover"),
    "current_assets_turnover": gettext_noop("Current assets turnover"),
    "assets_turnover": gettext_noop("Total assets turnover"),
    "receivables_and_inventory_share": gettext_noop("Receivables and inventory in current assets"),
    "cash_flow_ratio": gettext_noop("Operating cash flow to current liabilities"),
    "cash_to_profit": gettext_noop("Operating cash flow to net profit"),
    "altman_z_private": gettext_noop("Altman Z′ (private manufacturers)"),
    "altman_z": gettext_noop("Altman Z″ (private firms)"),
    "altman_em": gettext_noop("Altman EM (emerging markets)"),
}
#: Each formula in words.
FORMULAS = {
    "current_ratio": gettext_noop("current assets ÷ current liabilities"),
    "quick_ratio": gettext_noop("(current assets − inventory) ÷ current liabilities"),
    "debt_ratio": gettext_noop("total liabilities ÷ total assets"),
    "interest_cover": gettext_noop("(profit before tax + interest expense) ÷ interest expense"),
    "interest_bearing_debt_ratio": gettext_noop(
        "(short-term loans + non-current liabilities due within a year + long-term loans + bonds + interest payable)"
        " ÷ total liabilities"
    ),
    "return_on_equity": gettext_noop("net profit ÷ average equity"),
    "return_on_assets": gettext_noop("(profit before tax + interest expense) ÷ average total assets"),
    "operating_margin": gettext_noop("operating profit ÷ revenue"),
    "receivables_turnover": gettext_noop("revenue ÷ average accounts receivable"),
    "inventory_turnover": gettext_noop("cost of sales ÷ average inventory"),
    "current_assets_turnover": gettext_noop("revenue ÷ average current assets"),
    "assets_turnover": gettext_noop("revenue ÷ average total assets"),
    "receivables_and_inventory_share": gettext_noop("(accounts receivable + inventory) ÷ current assets"),
    "cash_flow_ratio": gettext_noop("net operating cash flow ÷ current liabilities"),
    "cash_to_profit": gettext_noop("net operating cash flow ÷ net profit"),
    "altman_z_private": gettext_noop("0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5"),
    "altman_z": gettext_noop("6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4"),
    "altman_em": gettext_noop("6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4 + 3.25"),
}
ZONES = {
    "distress": gettext_noop("distress"),
    "grey": gettext_noop("grey zone"),
    "safe": gettext_noop("safe"),
}
