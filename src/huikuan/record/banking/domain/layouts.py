"""What banks call the columns and the rows around them: words only, no code.

Names are compared folded (`kernel.text.fold`): width, case, spaces, brackets and punctuation do not count. 借/贷 are
the bank's view: 贷方 is money in, 借方 money out. Within a field the surer name stands first. Layouts seen: the
corporate exports of fourteen Chinese banks, their short and older variants, Alipay and WeChat, and English exports.
"""

from __future__ import annotations

from huikuan.kernel.text import fold

_COLUMNS = {
    "booked_on": (
        "booked_on 记账日期 记账日 入账日期 银行记账日 交易日期 交易日 日期 记账时间 发生时间 入账时间 交易时间 "
        "交易创建时间 posting_date post_date date_posted booking_date transaction_date date"
    ),
    "value_on": "value_on 起息日 起息日期 value_date",
    "amount": (
        "amount 记账金额 入账金额 billing_amount 交易金额 发生额 发生金额 收支金额 金额 金额元 实付金额 "
        "transaction_amount"
    ),
    "credit": (
        "贷方发生额 贷方发生金额 贷方金额 贷方收入金额 贷方发生额收入 贷方金额收入 贷方收入 贷方入账 贷方 "
        "记账金额收入 收入金额 收入金额+元 收入 转入金额 存入金额 存入 收入金额元 交易金额收入 "
        "credit credit_amount deposit deposits money_in"
    ),
    "debit": (
        "借方发生额 借方发生金额 借方金额 借方支出金额 借方发生额支出 借方金额支出 借方支出 借方出账 借方 "
        "借方发生额支取 记账金额支出 支出金额 支出 转出金额 支取金额 支出金额元 交易金额支出 "
        "debit debit_amount withdrawal withdrawals money_out"
    ),
    "direction": (
        "借贷标志 借贷方向 借贷标记 借贷 收支类型 收支方向 收支 交易方向 收付标志 d/c debit/credit credit/debit "
        "dr/cr 交易类型 transaction_type"
    ),
    "balance": (
        "余额 账户余额 交易后余额 交易后余额元 本次余额 当前余额 联机余额 账户结余 账户结余元 账户余额元 balance "
        "running_balance"
    ),
    "counterparty_name": (
        "payer_name 对方户名 对方名称 对方单位名称 对方单位 对方账户名称 对方账号名称 对方账户名 对手名称 对手户名 "
        "收付方名称 收付款人名称 交易对方 对手信息 partner_name counterparty counterparty_name merchant_name"
    ),
    "counterparty_account": (
        "payer_account 对方账号 对方帐号 对手账号 收付方账号 收付款人账号 对方账户 partner_account "
        "counterparty_account bank_account"
    ),
    "counterparty_bank": (
        "对方开户行 对方开户机构 对方行名 对方银行 对方开户行名 对方账号开户网点名称 收付方开户行名 开户行名 对方行号 "
        "counterparty_bank"
    ),
    "payer_name": "付款人名称 付款人户名 付款方名称 付款方户名",
    "payer_account": "付款人账号 付款方账号",
    "payer_party": "付款人账号名称",
    "payer_bank": "付款人开户行名 付款人开户行 付款人开户行号名",
    "payee_name": "收款人名称 收款人户名 收款方名称 收款方户名",
    "payee_account": "收款人账号 收款方账号",
    "payee_party": "收款人账号名称",
    "payee_bank": "收款人开户行名 收款人开户行 收款人开户行行号名",
    "bank_reference": (
        "bank_reference 唯一流水编号 账户明细编号-交易流水号 交易流水号 银行流水号 核心流水号 账务流水号 资金流水单号 "
        "流水号 业务参考号 交易订单号 交易单号 柜员交易号 operation_number transaction_id"
    ),
    "end_to_end": (
        "end_to_end 企业流水号 发起方流水号 客户申请号 商户订单号 商家订单号 商户单号 商家单号 end_to_end_id"
    ),
    "reversal": "冲账标志 冲正标志 抹账标志",
    "returned": "退汇标识 退汇标志",
    "account": "account 账号 本方账号 交易账号 查询账号 account_number",
    "account_name": "户名 账号名称 账户名称 本方户名 account_name",
    "currency": "currency 记账币种 入账货币 币种 交易货币 交易币种 货币 币别 billing_currency",
    "status": "交易状态 当前状态 记录状态 transaction_status",
}

#: Fields for which the next column speaks where the first says nothing in a row.
FALL_BACK = frozenset(
    ("bank_reference", "end_to_end", "counterparty_name", "counterparty_account", "counterparty_bank", "value_on")
)

#: Columns that together say what the payment is for, in this order.
_MEMO = (
    "memo 用途 用途附言 交易用途 附言 交易附言 客户附言 摘要 交易摘要 业务摘要 其它摘要 其他摘要 扩展摘要 "
    "客户摘要 交易描述 交易说明 商品 商品说明 商品名称 订单标题 备注 付款单备注 回单个性化信息 "
    "label description detail details remarks remark"
)

_METADATA = {
    "account": "账号 查询账号 账户 本方账号 卡号 账户号 客户账号 支付宝账户 account account_number account_no",
    "account_name": "户名 账户名称 账号名称 单位名称 公司名称 客户名称 account_name",
    "bank": "开户行 开户银行 开户机构 开户网点 开户行名称",
    "currency": "币种 货币 币别 currency",
    "opening": "期初余额 上期余额 承前余额 上日余额 起始余额 上页余额 opening_balance balance_at_start_of_period",
    "closing": "期末余额 本期余额 本期期末余额 closing_balance balance_at_end_of_period",
    "period_from": "起始日期 开始日期 查询起始日期 起始时间 起日 download_start_date start_date from",
    "period_through": "终止日期 截止日期 结束日期 查询截止日期 终止时间 止日 download_end_date end_date to",
    "period": "查询日期 起止日期 查询期间 查询时间 日期范围 交易日期范围 期间 查询起止日期",
}

_CURRENCIES = {
    "CNY": "人民币 人民币元 cny rmb 156 01",
    "USD": "美元 usd 840 14",
    "EUR": "欧元 eur 978",
    "HKD": "港币 港元 hkd 344",
    "JPY": "日元 日圆 jpy 392",
    "GBP": "英镑 gbp 826",
    "AUD": "澳元 澳大利亚元 aud",
    "CAD": "加元 加拿大元 cad",
    "SGD": "新加坡元 新元 sgd",
    "CHF": "瑞士法郎 瑞郎 chf",
    "KRW": "韩元 韩圆 krw",
    "THB": "泰铢 thb",
    "TWD": "新台币 台币 twd",
    "MOP": "澳门元 澳门币 mop",
    "NZD": "新西兰元 nzd",
}

_IN = "贷 贷方 贷cr cr c crdt credit 收入 收 来账 转入 入账 存入 in 入 收款"
_OUT = "借 借方 借dr dr d dbit debit 支出 支 往账 转出 出账 支取 out 出 付款"
_NEUTRAL = "不计收支 中性交易 其他"
_YES = "是 y yes 1 * t true 冲 冲账 冲正 抹账 退汇 已冲账 已冲正 已退汇"
_NO = "否 n no 0 f false 正常 非冲账 未冲账 无 未退汇"
_DONE = (
    "交易成功 支付成功 已存入零钱 已收钱 已到账 已转账 朋友已收钱 对方已收钱 退款成功 充值成功 充值完成 提现已到账 "
    "已全额退款 已退款 还款成功 posted 正常 成功 已入账"
)
_WAITING = "等待确认收货 等待对方发货 等待付款 处理中 待入账 pending 等待卖家发货 待支付 审批中"
_CLOSED = "交易关闭 支付失败 失败 已关闭 已撤销 撤销 closed failed cancelled 对方已退还"


def _each(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(word) for word in words.split()))


def _turned(named: dict[str, str]) -> dict[str, str]:
    return {fold(word): name for name, words in named.items() for word in words.split()}


#: field → folded names, surest first.
COLUMNS = {field: _each(words) for field, words in _COLUMNS.items()}
MEMO = _each(_MEMO)
#: folded label of a row outside the table → what it tells.
METADATA = _turned(_METADATA)
#: folded name → ISO code.
NAMES_OF_CURRENCIES = _turned(_CURRENCIES)
CURRENCIES = frozenset(_CURRENCIES)
#: folded word of a direction column → +1 in, -1 out, 0 neither.
DIRECTIONS = {
    **dict.fromkeys(_each(_IN), 1),
    **dict.fromkeys(_each(_OUT), -1),
    **dict.fromkeys((*_each(_NEUTRAL), ""), 0),
}
#: folded word of a flag column → whether it is set.
FLAGS = {**dict.fromkeys((*_each(_YES), "*"), True), **dict.fromkeys((*_each(_NO), ""), False)}
#: folded state of a transaction → done | waiting | closed; a state not listed counts as done.
STATES = {
    **dict.fromkeys(_each(_DONE), "done"),
    **dict.fromkeys(_each(_WAITING), "waiting"),
    **dict.fromkeys(_each(_CLOSED), "closed"),
}
#: What a row of sums of the whole list calls itself (folded, at the start of one of its first cells).
TOTALS = tuple(map(fold, ("合计", "总计", "总合计", "合计金额", "人民币合计", "本期合计", "total", "grand total")))
#: Sums of a page, a day or a side, which prove nothing.
SUBTOTALS = tuple(map(fold, ("小计", "本页", "本日", "累计", "本期累计", "本月", "总收入", "总支出", "subtotal")))

#: Folded header names that together tell the layout apart; the first layout all of whose names are there.
_LAYOUTS = {
    "plain": "booked_on amount",
    "alipay": "交易分类 交易对方 收/支 交易订单号",
    "alipay-merchant": "账务流水号 业务流水号 发生时间",
    "wechat": "交易类型 交易对方 商品 收/支 交易单号",
    "wechat-merchant": "微信支付业务单号 资金流水单号",
    "meituan": "订单标题 收/支 实付金额",
    "ccb": "凭证类型 钞汇标识 企业流水号 本方账号",
    "ccb-detail": "账户明细编号-交易流水号 企业流水号",
    "cmb": "起息日 业务参考号 收(付)方名称",
    "cmb-short": "借方(出账) 贷方(入账)",
    "boc": "付款人开户行号/名 收款人账号/名称",
    "boc-wide": "付款人名称 收款人名称",
    "citic": "退汇标识 柜员交易号",
    "icbc": "交易类型 凭证种类 凭证号 借方发生额",
    "icbc-history": "凭证号 本方账号 借/贷",
    "icbc-flag": "借贷标志 对方单位 发生额",
    "icbc-card": "交易场所 记账金额(收入)",
    "abc": "收入金额 支出金额 账户余额 对方开户行",
    "cib": "唯一流水编号 现/转",
    "czb": "凭证种类 借方发生金额(元)",
    "spdb": "传票序号 记录状态",
    "cmbc": "客户附言 对方账号名称",
    "pab": "银行类型 明细来源",
    "hxb": "核心流水号 明细标注",
    "bosc": "交易方向 对手账号",
    "bocom": "借方发生额（支出） 贷方发生额（收入）",
}
LAYOUTS = {name: frozenset(_each(words)) for name, words in _LAYOUTS.items()}
