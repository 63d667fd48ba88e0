"""Exports of Chinese banks and wallets as their layouts write them, filled with invented movements.

Every layout tells the same three movements of one account: 8,000.50 in from 甲, 35.00 out as a fee, 1,200.00 in
from 乙.
"""

from __future__ import annotations

from dataclasses import dataclass

JIA, YI = "海岳风电设备（盐城）有限公司", "北辰轴承有限公司"
ACCOUNT = "3301040160009876543"
#: day, time, in, out, balance, other side, its account, memo, the bank's number
MOVEMENTS = (
    ("2026-11-18", "09:15:02", "8,000.50", "", "108,000.50", JIA, "6222021001112223334", "货款INV-1001", "L0001"),
    ("2026-11-19", "10:00:00", "", "35.00", "107,965.50", "", "", "手续费", "L0002"),
    ("2026-11-20", "16:40:59", "1,200.00", "", "109,165.50", YI, "6217000010001234567", "合同HT-7尾款", "L0003"),
)
_VALUES = ("day", "time", "in", "out", "balance", "name", "account", "memo", "reference")


@dataclass(frozen=True, slots=True)
class Export:
    """One layout: its header, which columns hold what, rows around it. `{…}` in a column's value is a movement's."""

    layout: str
    header: str
    columns: dict[str, str]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def text(self, separator: str = ",") -> str:
        """The file, its cells quoted where they need it."""
        headers = self.header.split(", ")
        rows = [[self._cell(header, movement) for header in headers] for movement in MOVEMENTS]
        lines = [separator.join(_quoted(cell, separator) for cell in cells) for cells in (headers, *rows)]
        return "\n".join((*self.before, *lines, *self.after)) + "\n"

    def _cell(self, header: str, movement: tuple[str, ...]) -> str:
        values = dict(zip(_VALUES, movement, strict=True))
        values["moved"] = values["in"] or values["out"]
        values["signed"] = values["in"] or f"-{values['out']}"
        values["came"] = "来账" if values["in"] else "往账"
        values["way"] = "贷" if values["in"] else "借"
        return self.columns.get(header, "").format(**values)


def _quoted(cell: str, separator: str) -> str:
    return f'"{cell}"' if separator in cell or '"' in cell else cell


def _two(credit: str, debit: str, balance: str, name: str, account: str, memo: str, **more: str) -> dict[str, str]:
    """The columns most banks have."""
    said = {credit: "{in}", debit: "{out}", balance: "{balance}", name: "{name}", account: "{account}", memo: "{memo}"}
    return {**said, **more}


_HEAD = (f"账号：{ACCOUNT}", "户名：示例制造有限公司", "币种：人民币", "起始日期：20261118", "截止日期：20261120")

EXPORTS = (
    Export(
        "ccb",
        "日期, 交易时间, 凭证类型, 凭证号, 借方发生额, 贷方发生额, 余额, 钞汇标识, 对方户名, "
        "对方账号, 摘要, 备注, 交易流水号, 企业流水号, 本方账号, 本方户名, 本方网点",
        _two(
            "贷方发生额",
            "借方发生额",
            "余额",
            "对方户名",
            "对方账号",
            "摘要",
            日期="{day}",
            交易时间="{time}",
            交易流水号="{reference}",
            本方账号=ACCOUNT,
        ),
        before=(*_HEAD, "", "", "", ""),
    ),
    Export(
        "icbc",
        "日期, 交易类型, 凭证种类, 凭证号, 对方户名, 对方账号, 摘要, 借方发生额, 贷方发生额, 余额",
        _two("贷方发生额", "借方发生额", "余额", "对方户名", "对方账号", "摘要", 日期="{day}", 交易类型="转账"),
        before=_HEAD,
    ),
    Export(
        "abc",
        "交易时间, 收入金额, 支出金额, 账户余额, 对方账号, 对方户名, 对方开户行, 摘要",
        _two("收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "摘要", 交易时间="{day} {time}"),
        before=("账户明细", f"账号：{ACCOUNT}    户名：示例制造有限公司    币种：人民币"),
    ),
    Export(
        "cmb",
        "账号, 账号名称, 币种, 交易日, 交易时间, 起息日, 交易类型, 借方金额, 贷方金额, 余额, "
        "摘要, 流水号, 流程实例号, 业务名称, 用途, 业务参考号, 业务摘要, 其它摘要, "
        "收(付)方分行名, 收(付)方名称, 收(付)方账号",
        _two(
            "贷方金额",
            "借方金额",
            "余额",
            "收(付)方名称",
            "收(付)方账号",
            "摘要",
            账号=ACCOUNT,
            账号名称="示例制造有限公司",
            币种="人民币",
            交易日="{day}",
            交易时间="{time}",
            流水号="{reference}",
        ),
        before=("招商银行交易查询", *_HEAD, "", "", ""),
    ),
    Export(
        "boc",
        "交易类型, 业务类型, 付款人开户行号/名, 付款人账号/名称, 收款人开户行行号/名, "
        "收款人账号/名称, 交易日期, 交易时间, 交易货币, 交易金额, 交易后余额, 起息日期, 汇率, "
        "交易流水号, 客户申请号, 客户业务编号, 凭证类型/号码, 记录标识号, 摘要, 用途, 交易附言, "
        "备注",
        {
            "交易日期": "{day}",
            "交易时间": "{time}",
            "交易货币": "CNY",
            "交易金额": "{signed}",
            "交易后余额": "{balance}",
            "交易流水号": "{reference}",
            "用途": "{memo}",
            "付款人账号/名称": "{account}/{name}",
        },
        before=_HEAD,
    ),
    Export(
        "citic",
        "交易日期, 交易时间, 对方账号, 对方账户名称, 对方账号开户网点名称, 借方发生额, "
        "贷方发生额, 账户余额, 摘要, 退汇标识, 退汇日期, 柜员交易号, 附言, 币种, 交易账号, "
        "交易账号开户网点名称, 对账编号, 单位结算卡号, 发起方流水号, 动账资金分簿, 凭证类型, "
        "凭证号码",
        _two(
            "贷方发生额",
            "借方发生额",
            "账户余额",
            "对方账户名称",
            "对方账号",
            "附言",
            交易日期="{day}",
            交易时间="{time}",
            柜员交易号="{reference}",
            币种="人民币",
            交易账号=ACCOUNT,
            退汇标识="否",
        ),
        before=(*_HEAD, *[""] * 9),
    ),
    Export(
        "bocom",
        "交易时间, 借方发生额（支出）, 贷方发生额（收入）, 账户余额, 对方账号, 对方户名, 摘要",
        {
            "交易时间": "{day} {time}",
            "借方发生额（支出）": "{out}",
            "贷方发生额（收入）": "{in}",
            "账户余额": "{balance}",
            "对方账号": "{account}",
            "对方户名": "{name}",
            "摘要": "{memo}",
        },
        before=(f"查询账号：{ACCOUNT} 示例制造有限公司", "币种：CNY"),
    ),
    Export(
        "cib",
        "银行流水号, 账号, 户名, 凭证代号, 币种, 现/转, 借方金额(支出), 贷方金额(收入), "
        "账户余额, 摘要, 对方账号, 对方户名, 对方银行, 对方行号, 记账日期, 交易时间, 用途, 备注, "
        "唯一流水编号",
        {
            "账号": ACCOUNT,
            "币种": "人民币",
            "借方金额(支出)": "{out}",
            "贷方金额(收入)": "{in}",
            "账户余额": "{balance}",
            "对方账号": "{account}",
            "对方户名": "{name}",
            "记账日期": "{day}",
            "交易时间": "{day} {time}",
            "用途": "{memo}",
            "唯一流水编号": "{reference}",
            "银行流水号": "77",
        },
    ),
    Export(
        "czb",
        "流水号, 交易时间, 摘要, 凭证种类, 凭证号, 借方发生金额(元), 贷方发生金额(元), "
        "交易后余额(元), 对方名称, 对方账号, 对方开户行, 用途/附言",
        {
            "流水号": "{reference}",
            "交易时间": "{day} {time}",
            "借方发生金额(元)": "{out}",
            "贷方发生金额(元)": "{in}",
            "交易后余额(元)": "{balance}",
            "对方名称": "{name}",
            "对方账号": "{account}",
            "用途/附言": "{memo}",
        },
        before=_HEAD,
    ),
    Export(
        "spdb",
        "交易日期, 交易时间, 申请日期, 凭证号, 借方金额, 贷方金额, 余额, 对方账号, 对方户名, "
        "对方行名, 交易流水号, 传票序号, 记录状态, 摘要, 交易附言, 客户账户类型",
        _two(
            "贷方金额",
            "借方金额",
            "余额",
            "对方户名",
            "对方账号",
            "交易附言",
            交易日期="{day}",
            交易时间="{time}",
            交易流水号="{reference}",
            记录状态="正常",
        ),
        before=_HEAD,
    ),
    Export(
        "cmbc",
        "交易时间, 交易流水号, 借方发生额, 贷方发生额, 账户余额, 凭证号, 客户附言, 对方账号, 对方账号名称, 对方开户行",
        _two(
            "贷方发生额",
            "借方发生额",
            "账户余额",
            "对方账号名称",
            "对方账号",
            "客户附言",
            交易时间="{day} {time}",
            交易流水号="{reference}",
        ),
        before=(*_HEAD, *[""] * 13),
    ),
    Export(
        "pab",
        "交易日期, 账号, 账户名称, 银行名称, 银行类型, 借方(支出)金额, 贷方(收入)金额, 账户余额, "
        "币种, 对方账号, 对方账户名称, 对方开户行, 对方开户行类型, 用途, 审批状态, 交易类型, "
        "银行流水号, 摘要, 明细来源, 付款单备注",
        {
            "交易日期": "{day} {time}",
            "账号": ACCOUNT,
            "借方(支出)金额": "{out}",
            "贷方(收入)金额": "{in}",
            "账户余额": "{balance}",
            "币种": "人民币",
            "对方账号": "{account}",
            "对方账户名称": "{name}",
            "用途": "{memo}",
            "银行流水号": "{reference}",
            "交易类型": "对公",
        },
    ),
    Export(
        "hxb",
        "序号, 交易日期, 交易时间, 支出金额, 收入金额, 余额, 对方账号, 对方户名, 对方行名, "
        "核心流水号, 交易描述, 摘要, 凭证号码, 明细标注, 记账日期",
        _two(
            "收入金额",
            "支出金额",
            "余额",
            "对方户名",
            "对方账号",
            "摘要",
            交易日期="{day}",
            交易时间="{time}",
            核心流水号="{reference}",
            记账日期="{day}",
        ),
        before=(*_HEAD, "", "", ""),
    ),
    Export(
        "bosc",
        "交易流水号, 交易时间, 记账日期, 交易方向, 借方发生额, 贷方发生额, 余额, 对手账号, "
        "对手名称, 摘要, 交易用途, 备注",
        _two(
            "贷方发生额",
            "借方发生额",
            "余额",
            "对手名称",
            "对手账号",
            "交易用途",
            交易流水号="{reference}",
            交易时间="{day} {time}",
            记账日期="{day}",
            交易方向="{way}",
        ),
        before=(*_HEAD, ""),
    ),
    Export(
        "icbc-history",
        "凭证号, 本方账号, 对方账号, 交易时间, 借/贷, 借方发生额, 贷方发生额, 对方行号, 摘要, "
        "用途, 对方单位名称, 余额",
        _two(
            "贷方发生额",
            "借方发生额",
            "余额",
            "对方单位名称",
            "对方账号",
            "用途",
            交易时间="{day}",
            本方账号=ACCOUNT,
            **{"借/贷": "{way}"},
        ),
        before=("[HISTORYDETAIL]",),
    ),
    Export(
        "icbc-flag",
        "对方账号, 交易时间, 借贷标志, 对方单位, 对方行号, 用途, 摘要, 附言, 发生额, 余额, 币种",
        {
            "对方账号": "{account}",
            "交易时间": "{day}",
            "借贷标志": "{way}",
            "对方单位": "{name}",
            "用途": "{memo}",
            "发生额": "{moved}",
            "余额": "{balance}",
            "币种": "人民币",
        },
        before=_HEAD,
    ),
    Export(
        "table",
        "交易时间, 摘要, 转出金额, 转入金额, 对方户名, 对方账号, 余额",
        _two("转入金额", "转出金额", "余额", "对方户名", "对方账号", "摘要", 交易时间="{day}"),
        before=_HEAD,
    ),
    Export(
        "ccb-detail",
        "账号, 交易时间, 借方发生额（支取）, 贷方发生额（收入）, 余额, 币种, 对方户名, 对方账号, "
        "对方开户机构, 记账日期, 摘要, 备注, 账户明细编号-交易流水号, 企业流水号, 凭证种类, "
        "凭证号",
        {
            "账号": ACCOUNT,
            "交易时间": "{day} {time}",
            "借方发生额（支取）": "{out}",
            "贷方发生额（收入）": "{in}",
            "余额": "{balance}",
            "币种": "人民币元",
            "对方户名": "{name}",
            "对方账号": "{account}",
            "记账日期": "{day}",
            "摘要": "{memo}",
            "账户明细编号-交易流水号": "{reference}",
        },
    ),
    Export(
        "cmb-short",
        "交易日期, 借方(出账), 贷方(入账), 余额, 摘要, 收(付)方名称, 收(付)方账号, 交易类型",
        _two(
            "贷方(入账)",
            "借方(出账)",
            "余额",
            "收(付)方名称",
            "收(付)方账号",
            "摘要",
            交易日期="{day}",
            交易类型="转账",
        ),
        before=_HEAD,
    ),
    Export(
        "alipay-merchant",
        "账务流水号, 业务流水号, 商户订单号, 商品名称, 发生时间, 对方账号, 收入金额（+元）, "
        "支出金额（-元）, 账户余额（元）, 交易渠道, 业务类型, 备注",
        {
            "账务流水号": "{reference}",
            "发生时间": "{day} {time}",
            "对方账号": "{account}",
            "收入金额（+元）": "{in}",
            "支出金额（-元）": "{out}",
            "账户余额（元）": "{balance}",
            "备注": "{memo}",
        },
        before=(
            "#支付宝账务明细查询",
            f"#账号：[{ACCOUNT}]",
            "#起始日期：[2026年11月18日]",
            "#-----账务明细列表-----",
        ),
        after=("#-----账务明细列表结束-----", "#支出合计：1笔，共-35.00元"),
    ),
    Export(
        "wechat-merchant",
        "记账时间, 微信支付业务单号, 资金流水单号, 业务名称, 业务类型, 收支类型, 收支金额(元), 账户结余(元), 备注",
        {
            "记账时间": "`{day} {time}",
            "资金流水单号": "`{reference}",
            "收支类型": "`{way}",
            "收支金额(元)": "`{moved}",
            "账户结余(元)": "`{balance}",
            "备注": "`{memo}",
        },
        after=("资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额", "`3,`2,`9200.50,`1,`35.00"),
    ),
)
