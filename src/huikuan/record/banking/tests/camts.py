"""camt messages of an invented bank, made by the tests that read them."""

from __future__ import annotations

HEADS = {
    "053": ("BkToCstmrStmt", "Stmt"),
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def camt(*reports: str, kind: str = "053", version: str = "08", before: str = "") -> bytes:
    """A message of reports."""
    head, _ = HEADS[kind]
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"
    made = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-20T20:00:00+08:00</CreDtTm></GrpHdr>"
    body = "".join(reports)
    return f'<?xml version="1.0"?>{before}<Document xmlns="{space}"><{head}>{made}{body}</{head}></Document>'.encode()


def report(
    *entries: str, kind: str = "053", balances: str = "", account: str = "DE99HAFEN0001", number: str = "S1"
) -> str:
    """A report of one account in EUR."""
    _, name = HEADS[kind]
    owner = "<Ownr><Nm>Beispiel GmbH</Nm></Ownr>"
    return (
        f"<{name}><Id>{number}</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy>{owner}</Acct>"
        f"{balances}{''.join(entries)}</{name}>"
    )


def balance(code: str, amount: str, currency: str = "EUR") -> str:
    """A balance of the 20th; a leading minus is a debit."""
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount.lstrip('-')}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>"
    )


def entry(amount: str, *payments: str, status: str = "<Cd>BOOK</Cd>", reference: str = "B1", more: str = "") -> str:
    """An entry of the 20th; a leading minus is a debit."""
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    named = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return (
        f"<Ntry><Amt Ccy='EUR'>{amount.lstrip('-')}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>2026-11-20</Dt></BookgDt><ValDt><Dt>2026-11-21</Dt></ValDt>{named}"
        f"<NtryDtls>{''.join(payments)}</NtryDtls><AddtlNtryInf>Eingang</AddtlNtryInf></Ntry>"
    )


def payment(
    amount: str = "", *, name: str = "Nordlicht AG", free: str = "Rechnung 4711", currency: str = "EUR", more: str = ""
) -> str:
    """A payment of an entry, by a debtor."""
    worth = f"<Amt Ccy='{currency}'>{amount}</Amt>" if amount else ""
    debtor = f"<Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>AT11 2222</IBAN></Id></DbtrAcct>"
    creditor = "<Cdtr><Pty><Nm>Beispiel GmbH</Nm></Pty></Cdtr>"
    bank = "<DbtrAgt><FinInstnId><BICFI>HAFNATWW</BICFI></FinInstnId></DbtrAgt>"
    return (
        f"<TxDtls><Refs><EndToEndId>E-{amount or 1}</EndToEndId></Refs>{worth}"
        f"<RltdPties>{debtor}{creditor}</RltdPties><RltdAgts>{bank}</RltdAgts>"
        f"<RmtInf><Ustrd>{free}</Ustrd>{more}</RmtInf></TxDtls>"
    )
