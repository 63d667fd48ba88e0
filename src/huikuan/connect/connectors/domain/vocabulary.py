"""What columns are called in Chinese and English exports, per field. Used to find the header row and to guess.

Names are compared folded (see `fold`). Within a field the surer names stand first.
"""

from __future__ import annotations

import re

from huikuan.kernel.text import plain

_IGNORED = re.compile(r"[\s_\-./\\:;,·*#'\"()\[\]【】〔〕]+")
#: Units and currencies people add in brackets: 金额(元), 金额（人民币）.
_BRACKETS = re.compile(r"[(\[【〔][^)\]】〕]*[)\]】〕]\s*$")


def fold(header: str) -> str:
    """A header as compared: half-width, lower case, without spaces and punctuation."""
    return _IGNORED.sub("", plain(header)).casefold()


def fold_without_note(header: str) -> str:
    """As `fold`, without a note in brackets at the end: '金额（元）' → '金额'."""
    return fold(_BRACKETS.sub("", plain(header)))


_CUSTOMER_CODE = (
    "客户编码 客户编号 客户代码 客户号 往来单位编码 往来单位编号 往来单位代码 购货单位编码 "
    "购货单位代码 单位编码 债务人编码 "
    "customer_code customer_number cust_number customer_no customer_id customerid cust_no "
    "cust_id account customer debtor"
)
_CUSTOMER_NAME = (
    "客户名称 客户全称 往来单位名称 往来单位 购货单位 购买方名称 购方名称 购方企业名称 "
    "单位名称 债务人 客户 客户单位 公司名称 "
    "customer_name name_customer cust_name client_name client company_name debtor_name name_1 name"
)
_DOCUMENT_NUMBER = (
    "发票号码 发票号 数电票号码 全电发票号码 单据编号 单据号 单据号码 单号 凭证号 凭证编号 "
    "凭证字号 订单号 应收单号 "
    "invoice_number invoice_no invoice_id invoicenumber document_number document_no doc_id "
    "doc_no voucher_no bill_no reference"
)
_DOCUMENT_DATE = (
    "开票日期 发票日期 单据日期 业务日期 凭证日期 日期 "
    "invoice_date invoicedate document_date document_create_date bill_date doc_date date"
)
_TEXT = "摘要 备注 说明 用途 内容 text remark remarks description memo note comment"
_OWNER = "业务员 销售员 销售人员 客户经理 负责人 职员 责任人 owner salesperson sales_rep account_manager"
_REGION = "地区 区域 大区 销售区域 所属区域 办事处 部门 region area territory sales_office"
_GROUP = "集团 集团客户 集团编码 所属集团 集团名称 客户集团 group customer_group group_code"
_BUSINESS_TYPE = "业务类型 业务类别 产品线 事业部 业务线 行业板块 business_type product_line segment"
_CURRENCY = "币种 币别 货币 原币币种 currency invoice_currency curr document_currency currency_code"

_ITEMS = {
    "customer_code": _CUSTOMER_CODE,
    "customer_name": _CUSTOMER_NAME,
    "document_number": _DOCUMENT_NUMBER,
    "document_date": _DOCUMENT_DATE,
    "posting_date": "入账日期 记账日期 过账日期 posting_date post_date gl_date",
    "due_date": (
        "到期日 到期日期 应收日期 应收款日期 应收日 付款到期日 预计收款日期 收款到期日 due_date "
        "duedate net_due_date due_in_date"
    ),
    "settled_on": (
        "核销日期 结清日期 收款日期 回款日期 清账日期 settled_on settled_date settleddate "
        "clear_date clearing_date paid_date payment_date"
    ),
    "currency": _CURRENCY,
    "kind": "单据类型 凭证类型 单据类别 发票类型 款项性质 类型 document_type doc_type kind type",
    "net_amount": "不含税金额 无税金额 净额 未税金额 net_amount amount_net",
    "tax_amount": "税额 税金 tax_amount vat tax",
    "text": _TEXT,
    "owner": _OWNER,
    "region": _REGION,
    "group": _GROUP,
    "business_type": _BUSINESS_TYPE,
    "contract_number": "合同号 合同编号 合同编码 contract_number contract_no contract contract_id",
    "obligation": "分期组 债务编号 应收组 obligation instalment_group",
    "awaits": "等待事项 收款条件 付款条件事件 awaits waiting_for",
}
_INVOICE_AMOUNT = (
    "价税合计 含税金额 应收金额 发票金额 开票金额 原币金额 原币价税合计 借方金额 原币借方金额 "
    "金额 本币金额 总金额 "
    "amount invoice_amount invoiceamount total_amount gross_amount amount_in_doc_curr amount_in_document_currency"
)
_OPEN_AMOUNT = (
    "未收金额 未核销金额 未收余额 未核销余额 应收余额 原币余额 余额 期末余额 未清金额 欠款金额 欠款 尚欠金额 "
    "total_open_amount open_amount outstanding outstanding_amount balance amount_due balance_due"
)

#: kind of file → field → names, surest first.
NAMES: dict[str, dict[str, list[str]]] = {
    kind: {field: names.split() for field, names in fields.items()}
    for kind, fields in {
        "items": {**_ITEMS, "amount": _INVOICE_AMOUNT},
        "open-items": {**_ITEMS, "amount": f"{_OPEN_AMOUNT} {_INVOICE_AMOUNT}"},
        "receipts": {
            "customer_code": _CUSTOMER_CODE,
            "customer_name": f"{_CUSTOMER_NAME} 付款单位 付款人 付款方 对方户名 payer payer_name",
            "document_number": (f"收款单号 收款单编号 流水号 交易流水号 receipt_number receipt_no {_DOCUMENT_NUMBER}"),
            "received_on": (
                "收款日期 到账日期 回款日期 入账日期 交易日期 单据日期 业务日期 日期"
                " received_on receipt_date payment_date posting_date date"
            ),
            "currency": _CURRENCY,
            "amount": (
                "收款金额 回款金额 到账金额 实收金额 贷方金额 金额 原币金额 本币金额 amount "
                "receipt_amount payment_amount paid_amount"
            ),
            "applies_to": (
                "核销发票号 对应发票号 核销单号 对应单号 applies_to invoice_number invoice_no invoice applied_invoice"
            ),
            "text": _TEXT,
        },
        "customers": {
            "code": f"编码 代码 {_CUSTOMER_CODE} code",
            "name": f"全称 名称 {_CUSTOMER_NAME}",
            "short_name": "客户简称 简称 short_name abbreviation",
            "english_name": "英文名称 英文名 外文名称 english_name name_en",
            "former_names": "曾用名 曾用名称 former_names former_name",
            "uscc": "统一社会信用代码 社会信用代码 信用代码 纳税人识别号 税号 uscc tax_id tax_number",
            "industry": "所属行业 行业 industry sector",
            "group_code": "集团编码 集团代码 所属集团编码 group_code",
            "group_name": "集团名称 所属集团 集团 客户集团 group_name group",
            "parent_code": "上级单位编码 母公司编码 上级客户编码 上级编码 parent_code parent",
            "owner": _OWNER,
            "region": _REGION,
            "business_type": _BUSINESS_TYPE,
            "status": "客户状态 状态 status",
        },
    }.items()
}

#: Every known name, folded: a row holding several of them is a header.
KNOWN = frozenset(fold(name) for fields in NAMES.values() for names in fields.values() for name in names)

#: What a total line calls itself; such a line is no row of the ledger.
TOTAL_WORDS = frozenset(
    (
        "合计",
        "总计",
        "小计",
        "累计",
        "本页合计",
        "本页小计",
        "总合计",
        "共计",
        "合计金额",
        "total",
        "grandtotal",
        "subtotal",
        "totals",
        "sum",
    )
)

_DOCUMENT_KINDS = {
    "invoice": "发票 销售发票 专用发票 普通发票 增值税发票 应收单 其他应收单 应收 invoice",
    "credit_note": "红字发票 红票 贷项通知 贷项通知单 贷项凭证 credit_note creditnote credit_memo",
    "return": "退货 退货单 销售退货 return",
    "receipt": "收款 收款单 回款 receipt payment",
    "advance": "预收 预收款 预收单 advance",
    "retention": "质保金 质量保证金 尾款质保 retention",
    "deposit": "押金 保证金 履约保证金 deposit",
    "bill": "汇票 票据 承兑汇票 bill",
    "interest": "利息 逾期利息 interest",
    "unbilled": "暂估 暂估应收 未开票 unbilled",
    "fee": "费用 手续费 fee",
    "refund": "退款 退款单 refund",
    "opening": "期初 期初应收 期初余额 opening",
}
#: What a document type is usually called, folded → kind of item.
DOCUMENT_KINDS = {fold(name): kind for kind, names in _DOCUMENT_KINDS.items() for name in names.split()}

_STATUSES = {
    "customer": "客户 正式客户 正式 合作 customer active",
    "prospect": "潜在客户 潜在 意向客户 意向 prospect lead",
}
#: What a customer's status is usually called, folded → status.
CUSTOMER_STATUSES = {fold(name): status for status, names in _STATUSES.items() for name in names.split()}
