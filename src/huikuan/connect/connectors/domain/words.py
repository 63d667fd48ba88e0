"""Currencies, document types and texts in whole columns."""

from __future__ import annotations

import polars as pl

from huikuan.kernel.text import fold

_NAMES = {
    "CNY": "人民币 人民币元 中国元 元 rmb rmb¥ cny ¥ cnh yuan",
    "USD": "美元 美金 us$ usd $ dollar usdollar",
    "EUR": "欧元 eur € euro",
    "HKD": "港币 港元 港幣 hk$ hkd",
    "JPY": "日元 日圆 日币 jpy yen",
    "GBP": "英镑 gbp £ sterling",
    "CAD": "加元 加拿大元 加币 cad c$ ca$",
    "AUD": "澳元 澳大利亚元 澳币 aud a$ au$",
    "SGD": "新加坡元 新元 新币 sgd s$",
    "KRW": "韩元 韩国元 韩币 krw",
    "CHF": "瑞士法郎 chf",
    "TWD": "新台币 台币 twd nt$",
    "THB": "泰铢 thb",
    "MOP": "澳门元 澳门币 mop",
    "INR": "印度卢比 卢比 inr",
    "RUB": "卢布 俄罗斯卢布 rub",
    "VND": "越南盾 vnd",
    "MYR": "林吉特 马来西亚林吉特 myr",
}
#: ISO 4217 codes taken as they stand.
_CODE_LIST = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
    "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG "
)
_CODES = frozenset(_CODE_LIST.split())
_BY_NAME = {fold(name): code for code, names in _NAMES.items() for name in names.split()}

#: Texts that need no cleaning: ASCII and Chinese characters with single spaces between.
_CLEAN = r"^[\x21-\x7e\x{4e00}-\x{9fff}]+( [\x21-\x7e\x{4e00}-\x{9fff}]+)*$"
#: Characters `kernel.text.plain` drops: invisible or private. Line breaks and tabs become spaces first.
_INVISIBLE = r"[\p{Cc}\p{Cf}\p{Co}]"
#: Control characters a cell may not hold: all but tab and line breaks.
CONTROL = r"[\x00-\x08\x0e-\x1f\x7f]"
_LOST = r"^\d(\.\d+)?[eE]\+\d+$"


def currency_code(text: str) -> str | None:
    """The ISO code `text` means: 'CNY', '人民币', 'rmb', 'US$' …; None when it is no currency."""
    folded = fold(text)
    code = folded.upper()
    return code if code in _CODES else _BY_NAME.get(folded)


def read_words(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """(each text as `kernel.text.plain` leaves it, positions of those that were looked at closely)."""
    dirty = (~(texts.str.contains(_CLEAN) | (texts == ""))).arg_true()
    if len(dirty) == 0:
        return texts, dirty
    distinct = texts[dirty].unique()
    cleaned = (
        distinct.str.normalize("NFKC")
        .str.replace_all(r"[\s\x1c-\x1f]+", " ")
        .str.replace_all(_INVISIBLE, "")
        .str.replace_all(r" {2,}", " ")
        .str.strip_chars()
    )
    return texts.replace(distinct, cleaned), dirty


def read_codes(words: pl.Series) -> tuple[pl.Series, list[int]]:
    """(codes, positions where a spreadsheet cut digits off). '="00123"' → '00123', '100045.0' → '100045'."""
    codes = words
    if codes.str.starts_with("=").any():
        codes = codes.str.replace(r'^="(.*)"$', "$1")
    if codes.str.ends_with(".0").any():
        codes = codes.str.replace(r"^(\d+)\.0$", "$1")
    if codes.str.contains("+", literal=True).any():
        return codes, codes.str.contains(_LOST).arg_true().to_list()
    return codes, []
