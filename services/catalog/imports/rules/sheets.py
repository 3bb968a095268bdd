"""The layout of a workbook: which sheet and column holds which element of an item's record.

A test sees to it that every element of the record has a place here.
"""

from services.catalog.imports.rules.columns import Column, Holds, Sheet

CONDITION = "条件（CEL，用字段代码）/ a condition in CEL over field codes; empty: always"
DEPARTMENT = "部门的代码或名称，见代码表 / a department, by code or name"
EVIDENCE = "材料类型的代码或名称，见代码表 / an evidence type, by code or name"
FIELD = "字段的代码或名称，见代码表 / a field, by code or name"
WORKING_DAY = "空：工作日 / empty: working_day"
MANY = "，每行一个 / one a line"
CODE = "小写字母、数字、连字符 / a-z 0-9 -"


def _duration(name: str, header: str, needed: bool = False) -> tuple[Column, Column]:
    return (
        Column(f"{name}.value", header, Holds.WHOLE, note="0 即办 / 0: at once", needed=needed),
        Column(f"{name}.unit", f"{header}单位", Holds.WORD, "unit", WORKING_DAY),
    )


def _department(
    path: str, header: str, needed: bool = False, holds: Holds = Holds.CODE, more: str = ""
) -> Column:
    note = DEPARTMENT + more
    return Column(path, header, holds, note=note, needed=needed, names="departments")


def _evidence(path: str, header: str, needed: bool = False) -> Column:
    return Column(path, header, Holds.CODE, note=EVIDENCE, needed=needed, names="evidence")


def _truth(name: str, header: str, note: str = "") -> Column:
    return Column(name, header, Holds.TRUTH, "truth", note)


SYSTEMS = ("catalog-code", "task-code", "handling-item", "local")
"""Other systems whose code has a column among the items, in this order."""

ITEMS = Sheet(
    "",
    "事项",
    (
        Column("code", "事项代码", Holds.CODE, note=CODE, needed=True),
        Column("name", "事项名称", needed=True),
        Column("name_en", "英文名称"),
        Column(
            "department", "实施主体", Holds.CODE, note=DEPARTMENT, names="departments", needed=True
        ),
        Column("region", "行政区划", Holds.REGION, needed=True),
        Column("codes.catalog-code", "基本编码", Holds.CODE),
        Column("codes.task-code", "实施编码", Holds.CODE),
        Column("codes.handling-item", "业务办理项编码", Holds.CODE),
        Column("codes.local", "地方编码", Holds.CODE),
        Column("kind", "事项类型", Holds.WORD, "kind"),
        Column("audience", "服务对象", Holds.WORDS, "audience"),
        Column("topics", "主题分类", Holds.LINES, note="每行一个 / one a line"),
        Column("level", "行使层级", Holds.WORD, "level"),
        Column("organ", "实施主体性质", Holds.WORD, "organ"),
        Column("power_source", "权力来源", Holds.WORD, "power_source"),
        _department("entrusted_by", "委托部门"),
        Column("accepts", "受理方式", Holds.WORD, "accepts"),
        _truth(
            "issues_with_gaps",
            "容缺办结",
            "是：容缺材料未到也可发证 / issues before what was left for later",
        ),
        _truth("four_eyes", "双人审批", "是：一人拟办，另一人决定 / one proposes, another decides"),
        _department("issued_by", "发证部门"),
        _department("regulator", "监管部门"),
        _department("joint_with", "联办机构", holds=Holds.LINES, more="，每行一个 / one a line"),
        Column("joint_order", "联合办理依据"),
        Column("deemed_consent", "默认同意依据", note="写明沉默即同意的法律 / the law by which"),
        *_duration("legal", "法定办结时限"),
        Column("legal_explanation", "法定办结时限说明"),
        *_duration("extension", "延长时限"),
        *_duration("promised", "承诺办结时限", needed=True),
        Column("promise_explanation", "承诺办结时限说明"),
        Column("handling", "办件类型", Holds.WORD, "handling"),
        Column("instant.rule", "秒批规则", note=CONDITION),
        Column("instant.acr", "秒批认证等级"),
        Column("instant.commitment", "秒批承诺书", Holds.CODE),
        Column("instant.number_prefix", "秒批证号前缀"),
        Column("online_depth", "网上办理深度", Holds.DEPTH, "online_depth"),
        _truth("online_suitable", "适宜网办"),
        Column("visits", "到办事现场次数", Holds.WHOLE),
        Column("visits_reason", "必须到现场的原因"),
        Column("channels", "办理形式", Holds.WORDS, "channels"),
        Column("scope", "通办范围", Holds.WORD, "scope"),
        _truth("at_hall", "进驻大厅"),
        _truth("comprehensive_window", "综合窗口受理"),
        _truth("bookable", "可预约"),
        _truth("delivered", "结果可快递送达"),
        _truth("paid_online", "可网上支付"),
        Column("place", "办理地点"),
        Column("hours", "办理时间"),
        Column("phone", "咨询方式", Holds.PHONE),
        Column("complaints", "监督投诉方式", Holds.PHONE),
        Column("conditions", "受理条件"),
        Column("process", "办理流程"),
        Column("quota", "数量限制"),
        Column("intermediary", "中介服务"),
        _evidence("issues", "审批结果"),
        Column("validity.value", "结果有效期", Holds.WHOLE, note="空：长期 / empty: for ever"),
        Column("validity.unit", "结果有效期单位", Holds.WORD, "validity_unit"),
        Column("result_sample", "审批结果样本"),
        Column("legal_basis", "设定依据"),
        Column("source_note", "出处说明"),
        _truth("generated", "生成数据", "是：由程序生成，非人工编制 / made by a generator"),
    ),
)


OF_ITEM = Column(
    "item", "事项代码", Holds.CODE, note="该行属于哪个事项 / whose row this is", needed=True
)


def _list(name: str, title: str, *columns: Column) -> Sheet:
    return Sheet(name, title, (OF_ITEM, *columns))


LISTS = (
    _list(
        "requirements",
        "申请材料",
        _evidence("evidence", "材料类型", needed=True),
        Column("when", "适用条件", note=CONDITION),
        Column("source", "来源渠道", Holds.WORD, "source"),
        Column("whose", "材料归属", Holds.WORD, "whose"),
        Column("lowest_trust", "最低可信等级", Holds.WORD, "lowest_trust"),
        Column("waits_for", "等待环节", Holds.WORD, "waits_for"),
        _truth("deferrable", "容缺"),
        *_duration("deferral", "容缺补交期限"),
        Column("commitment", "可替代承诺书", Holds.CODE, note="承诺书代码 / of this item"),
        Column("register_name", "核验登记库"),
        Column("issued_by", "出具机构"),
        _department("kept_by", "保留要求的部门"),
        Column("kind", "材料类别", Holds.WORD, "material_kind"),
        Column("form", "材料形式", Holds.WORD, "form"),
        Column("copies", "份数", Holds.WHOLE),
        Column("sample", "示例样表"),
        Column("blank", "空白表格"),
        Column("instructions", "填报须知"),
        Column("acceptance", "受理标准"),
        Column("issuing_time", "出具时间要求"),
        Column("obtained_at", "材料办理地点"),
        Column("legal_basis", "要求依据"),
    ),
    _list(
        "fields",
        "表单字段",
        Column("field", "字段", Holds.CODE, note=FIELD, names="fields", needed=True),
        _truth("required", "必填"),
        Column("when", "适用条件", note=CONDITION),
        Column("legal_basis", "要求依据"),
    ),
    _list(
        "fees",
        "收费项目",
        Column("name", "收费项目名称", needed=True),
        Column("standard", "收费标准"),
        Column("legal_basis", "收费依据"),
        _truth("reducible", "可减免"),
        Column("reduction_basis", "减免依据"),
    ),
    _list(
        "situations",
        "办理情形",
        Column("code", "情形代码", Holds.CODE, needed=True),
        Column("name", "情形名称", needed=True),
        Column("when", "适用条件", note=CONDITION),
    ),
    _list(
        "thresholds",
        "门槛",
        Column(
            "name",
            "门槛代码",
            Holds.CODE,
            note="条件中使用的名称 / as conditions name it",
            needed=True,
        ),
        Column("value", "门槛值", Holds.NUMBER, needed=True),
    ),
    _list(
        "special_procedures",
        "特别程序",
        Column("kind", "特别程序种类", Holds.WORD, "special_procedure", needed=True),
        Column("name", "特别程序名称"),
        *_duration("longest", "最长时限"),
        Column("legal_basis", "特别程序依据"),
    ),
    _list(
        "commitments",
        "承诺书",
        Column("code", "承诺书代码", Holds.CODE, needed=True),
        Column("version", "承诺书版本", Holds.WHOLE),
        Column("text", "承诺书正文", needed=True),
        Column("text_en", "承诺书英文"),
        *_duration("fulfil_within", "履行期限"),
    ),
    _list(
        "supervision",
        "监管任务",
        Column("kind", "监管方式", Holds.WORD, "duty", needed=True),
        *_duration("within", "监管完成期限", needed=True),
        Column("after", "起算环节", Holds.WORD, "duty_after"),
        Column("share", "抽查比例", Holds.NUMBER, note="0 至 1 / 0 to 1"),
    ),
    _list(
        "later_filings",
        "证后业务",
        Column("kind", "证后业务种类", Holds.WORD, "later_filing", needed=True),
        Column("fields", "填报字段", Holds.LINES, note=FIELD + MANY, names="fields"),
        Column("evidence", "所需材料", Holds.LINES, note=EVIDENCE + MANY, names="evidence"),
        *_duration("promised", "证后业务承诺时限"),
        Column(
            "days_before",
            "延续提前天数",
            Holds.WHOLE,
            note="空：届满前30日 / empty: 30 days before the end",
        ),
        Column("deemed_consent", "延续默认同意依据"),
        Column("legal_basis", "证后业务依据"),
    ),
    _list(
        "remedies",
        "救济途径",
        Column("kind", "救济方式", Holds.WORD, "remedy", needed=True),
        Column("within", "救济期限", Holds.WHOLE, needed=True),
        Column("unit", "救济期限单位", Holds.WORD, "remedy_unit", "空：日 / empty: day"),
        Column("where", "救济机关"),
    ),
    _list(
        "codes",
        "其他编码",
        Column("system", "编码来源", Holds.CODE, needed=True),
        Column("value", "编码", Holds.CODE, needed=True),
    ),
)
SHEETS = (ITEMS, *LISTS)
TABLES, GUIDE = "代码表", "说明"
READ_NOT = frozenset({TABLES, GUIDE})
"""Sheets of ours that say something to people and nothing to us."""
NOTE = "备注"
"""Columns and sheets whose name begins so are the editors' own."""
