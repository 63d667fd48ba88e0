"""What columns are called in Chinese and English exports, per field. Used to find the header row and to guess.

Names are compared folded (see `fold`). Within a field the surer names stand first.
"""

from __future__ import annotations

from huikuan.kernel.text import fold

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

_CONTRACT_NUMBER = "合同号 合同编号 合同编码 contract_number contract_no contract contract_id"

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
    "contract_number": _CONTRACT_NUMBER,
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
        "contracts": {
            "number": f"{_CONTRACT_NUMBER} 编号 number",
            "name": "合同名称 合同标题 项目名称 contract_name title",
            "customer_code": _CUSTOMER_CODE,
            "customer_name": f"{_CUSTOMER_NAME} 甲方 对方单位 签约方 需方",
            "signed_on": "签订日期 签约日期 签署日期 合同日期 signed_on signing_date sign_date contract_date",
            "effective_on": "生效日期 开始日期 合同开始日期 effective_on effective_date start_date",
            "expires_on": "终止日期 到期日期 结束日期 失效日期 合同结束日期 expires_on expiry_date end_date",
            "currency": _CURRENCY,
            "amount": "合同金额 合同总额 合同总价 总金额 金额 含税金额 contract_amount amount total_amount",
            "status": "合同状态 状态 status contract_status",
            "goods": "标的 产品 货物 采购内容 goods subject",
            "payment_terms": "付款条件 付款方式 收款条件 结算方式 payment_terms terms_of_payment",
            "late_interest": "逾期利率 违约金比例 逾期违约金 滞纳金 late_interest late_payment_interest",
            "jurisdiction": "管辖法院 争议管辖 法院 jurisdiction court",
            "arbitration": "仲裁机构 仲裁委员会 arbitration",
            "governing_law": "适用法律 governing_law",
            "service_addresses": "送达地址 约定送达地址 通讯地址 service_addresses notice_address",
            "delivery": "交货条款 交货方式 交付方式 delivery",
            "breach": "违约责任 违约条款 breach",
            "milestones": "付款节点 收款节点 付款计划 收款计划 milestones payment_schedule",
        },
        "orders": {
            "number": "订单号 订单编号 销售订单号 单据编号 order_number order_no so_number order order_id",
            "line": "行号 订单行号 分录号 项次 行 line line_no line_number item_no",
            "customer_code": _CUSTOMER_CODE,
            "customer_name": _CUSTOMER_NAME,
            "contract_number": _CONTRACT_NUMBER,
            "ordered_on": "订单日期 订购日期 单据日期 日期 ordered_on order_date date",
            "product": "产品名称 物料名称 货品名称 商品名称 产品 物料 名称 product product_name material description",
            "product_code": "产品编码 物料编码 物料代码 货号 存货编码 product_code material_code sku",
            "unit": "单位 计量单位 unit uom",
            "quantity": "数量 订单数量 订购数量 quantity qty order_quantity",
            "currency": _CURRENCY,
            "amount": "价税合计 含税金额 金额 订单金额 amount line_amount total_amount",
            "planned_on": "交货日期 计划交货日期 要求交货日期 预计发货日期 planned_on delivery_date due_date",
            "delivered_quantity": "已交货数量 已发货数量 累计发货数量 累计出库数量 delivered_quantity delivered_qty",
            "delivered_on": "发货日期 实际交货日期 最近发货日期 delivered_on",
            "invoiced_quantity": "已开票数量 累计开票数量 invoiced_quantity invoiced_qty",
            "invoiced_on": "开票日期 最近开票日期 invoiced_on invoice_date",
        },
        "contacts": {
            "customer_code": _CUSTOMER_CODE,
            "customer_name": _CUSTOMER_NAME,
            "person": (
                "联系人姓名 联系人 姓名 对接人 对接人姓名 客户联系人 "
                "contact_name contact_person contact person full_name name"
            ),
            "position": "职务 职位 岗位 头衔 部门 position job_title title department",
            "role": "联系人角色 角色 职责 联系人类型 role purpose function",
            "phone": "手机号码 手机号 手机 联系电话 电话号码 电话 办公电话 座机 mobile phone telephone tel",
            "email": "电子邮箱 电子邮件 邮箱地址 邮箱 邮件 email email_address mail",
            "language": "语言 沟通语言 language",
            "consent": "同意联系 是否同意 联系意愿 同意 consent",
            "consent_on": "同意日期 表态日期 授权日期 consent_on consent_date",
            "status": "在职状态 是否在职 状态 status",
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

_CONTRACT_STATUSES = {
    "active": "履行中 执行中 生效 有效 已签订 active open signed",
    "completed": "已完成 履行完毕 已结束 完成 关闭 completed closed done",
    "terminated": "终止 已终止 解除 已解除 terminated cancelled",
    "void": "作废 已作废 无效 void",
}
#: What a contract's status is usually called, folded → status.
CONTRACT_STATUSES = {fold(name): status for status, names in _CONTRACT_STATUSES.items() for name in names.split()}


def _words(known: dict[str, str]) -> dict[str, str]:
    """Each of the names, folded → what it stands for."""
    return {fold(name): word for word, names in known.items() for name in names.split()}


#: What a contact's choices are usually called, folded → choice (customers' domain.contacts).
CONTACT_ROLES = _words(
    {
        "payables": "付款 付款经办 应付 对账 财务 会计 出纳 payables accounts finance accounting settles_accounts",
        "decides": "决策 决策人 负责人 老板 总经理 法定代表人 decides decision management",
        "purchasing": "采购 采购员 采购经办 purchasing procurement buyer",
        "warehouse": "仓库 收货 收货人 仓管 warehouse receiving",
        "legal": "法务 法律 legal legal_affairs",
        "other": "其他 其它 其他职能 other",
    }
)
CONTACT_LANGUAGES = _words({"zh": "中文 汉语 zh chinese", "en": "英文 英语 en english"})
CONTACT_CONSENTS = _words(
    {
        "given": "同意 已同意 是 given yes agreed 同意联系",
        "refused": "拒绝 不同意 否 已拒绝 refused no declined",
    }
)
CONTACT_STATUSES = _words({"active": "在职 在用 是 active yes", "gone": "离职 已离职 停用 否 gone left no inactive"})

_STATUSES = {
    "customer": "客户 正式客户 正式 合作 customer active",
    "prospect": "潜在客户 潜在 意向客户 意向 prospect lead",
}
#: What a customer's status is usually called, folded → status.
CUSTOMER_STATUSES = {fold(name): status for status, names in _STATUSES.items() for name in names.split()}
