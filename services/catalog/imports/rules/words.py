"""The words that cells hold: each in our spelling and as the bureaus write it."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

Words = Mapping[str, str]

KINDS: Words = {
    "01": "行政许可",
    "02": "行政处罚",
    "03": "行政强制",
    "04": "行政征收",
    "05": "行政给付",
    "06": "行政检查",
    "07": "行政确认",
    "08": "行政奖励",
    "09": "行政裁决",
    "10": "其他行政权力",
    "20": "公共服务",
}
LABELS: Mapping[str, Words] = {
    "kind": KINDS,
    "audience": {"person": "自然人", "enterprise": "法人和其他组织"},
    "level": {
        "national": "国家级",
        "province": "省级",
        "city": "市级",
        "county": "县级",
        "township": "镇（乡、街道）级",
        "village": "村（社区）级",
        "graded": "分级",
    },
    "organ": {"statutory": "法定机关", "authorised": "授权组织", "entrusted": "受委托组织"},
    "power_source": {
        "own": "法定本级行使",
        "handed_down": "上级下放",
        "authorised": "上级授权",
        "authorised_peer": "同级授权",
        "entrusted": "上级委托",
        "entrusted_peer": "同级委托",
    },
    "accepts": {"automatic": "自动受理", "window": "窗口受理", "department": "部门受理"},
    "handling": {
        "instant": "即办件",
        "promise": "承诺件",
        "forward": "上报件",
        "joint": "联办件",
        "first_review": "初审件",
        "other": "其他",
    },
    "online_depth": {
        "1": "Ⅰ级 信息咨询",
        "2": "Ⅱ级 网上预审",
        "3": "Ⅲ级 网上受理",
        "4": "Ⅳ级 全程网办",
    },
    "channels": {
        "window": "窗口办理",
        "pc": "电脑端办理",
        "mobile": "移动端办理",
        "post": "快递办理",
        "kiosk": "自助终端办理",
        "other": "其他",
    },
    "scope": {
        "none": "未实现通办",
        "county": "县内通办",
        "city": "市内通办",
        "province": "省内通办",
        "across_provinces": "跨省通办",
        "national": "全国通办",
    },
    "unit": {"working_day": "工作日", "natural_day": "自然日", "hour": "小时"},
    "validity_unit": {"day": "日", "month": "月", "year": "年"},
    "source": {
        "applicant": "申请人自备",
        "item": "政府部门核发",
        "register": "登记库核验",
        "commitment": "告知承诺",
        "intermediary": "中介机构出具",
    },
    "whose": {"holder": "持证人", "applicant": "申请人", "anyone": "相关人员"},
    "lowest_trust": {
        "A": "A 部门签发",
        "B": "B 窗口核验原件",
        "C": "C 用户上传",
        "D": "D 用户自制",
    },
    "waits_for": {"decided": "作出决定", "issued": "制证完成"},
    "material_kind": {
        "certificate": "证件证书证明",
        "form": "申请表格文书",
        "other": "其他",
    },
    "form": {"electronic": "电子", "paper": "纸质", "either": "电子或纸质"},
    "special_procedure": {
        "hearing": "听证",
        "tender": "招标",
        "auction": "拍卖",
        "inspection": "检验",
        "testing": "检测",
        "quarantine": "检疫",
        "appraisal": "鉴定",
        "expert_review": "专家评审",
        "other": "其他",
    },
    "duty": {
        "verify_commitment": "核查承诺",
        "inspect": "现场检查",
        "random_check": "随机抽查",
    },
    "duty_after": {"grant": "准予之后", "verify_commitment": "核查承诺之后"},
    "later_filing": {"renewal": "延续", "change": "变更", "replacement": "补证"},
    "remedy": {"review": "行政复议", "lawsuit": "行政诉讼"},
    "remedy_unit": {"day": "日", "month": "月"},
    "truth": {"true": "是", "false": "否"},
}
ALSO: Mapping[str, Words] = {
    "truth": {"y": "true", "yes": "true", "√": "true", "n": "false", "no": "false"},
    "online_depth": {
        spelling: str(depth)
        for depth, roman, chinese in (
            (1, "i", "一"),
            (2, "ii", "二"),
            (3, "iii", "三"),
            (4, "iv", "四"),
        )
        for spelling in (roman, f"{roman}级", f"{chinese}级")
    },
    "audience": {"个人": "person", "法人": "enterprise", "企业": "enterprise"},
    "lowest_trust": {letter.lower(): letter for letter in "ABCD"},
    "unit": {"天": "natural_day"},
}
"""Other spellings that can mean nothing else."""


def folded(text: str) -> str:
    """Full-width or not, in capitals or not, spaced or not: the same word."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _spellings(element: str) -> dict[str, str]:
    words = LABELS[element]
    labels = {folded(label): word for word, label in words.items()}
    return {**ALSO.get(element, {}), **labels, **{folded(word): word for word in words}}


SPELLINGS: Mapping[str, Words] = {element: _spellings(element) for element in LABELS}


@lru_cache(4096)
def word(element: str, text: str) -> str | None:
    """Our word for what a cell says, or None.  Kept: a workbook says the same few thousands of
    times."""
    return SPELLINGS[element].get(folded(text))
