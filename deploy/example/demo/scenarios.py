"""The thirty filings of the demo: every refusal policy, withdrawals, wallets, agents, born holders.

Only names and numbers are drawn by lot.
"""

from deploy.example.demo.filings import Filing, company, newborn, restaurant
from deploy.example.demo.people import Town


def thirty(town: Town) -> list[Filing]:
    companies = _companies(town)
    return [*companies, *_newborns(town), *_restaurants(town, companies[0])]


def _restaurants(town: Town, founding: Filing) -> list[Filing]:
    again = restaurant(
        town,
        "300 平方米，消防告知承诺",
        ages=(28, 41),
        answers={"business_area": 300.0, "fire_by_commitment": True, "signboard_area": 6.0},
    )
    owner = town.person()
    return [
        restaurant(town, "小店，两名员工", ages=(23, 35)),
        restaurant(
            town,
            "大店，凉菜、招牌、卖烟",
            ages=(26, 33, 52),
            answers={
                "business_area": 420.0,
                "serves_cold_dishes": True,
                "signboard_area": 12.0,
                "sells_tobacco": True,
            },
        ),
        restaurant(town, "299.5 平方米，免消防检查", answers={"business_area": 299.5}),
        again,
        restaurant(
            town,
            "同一家店再次申请，材料库已有",
            filer=again.filer,
            company=again.company,
            answers=again.answers | {"worker_count": 1},
            follows=again,
        ),
        restaurant(
            town,
            "代办人凭企业委托申请",
            company=town.company(owner.name),
            principal=owner,
            answers={"sells_tobacco": True},
        ),
        restaurant(
            town,
            "刚开办的企业接着开店",
            filer=founding.filer,
            answers={"premises_address": founding.answers["premises_address"]},
            follows=founding,
            born_of=founding,
        ),
        *_unlucky_restaurants(town),
    ]


def _unlucky_restaurants(town: Town) -> list[Filing]:
    """Refused, stopped, asked, withdrawn."""
    return [
        restaurant(
            town,
            "经营范围没有餐饮（停止）",
            answers={"signboard_area": 5.0},
            facts={"business_scope": "服装零售"},
            refused={"licence-check": "scope-lacks-catering"},
        ),
        restaurant(
            town,
            "安全员证明有误（停止其余）",
            answers={"signboard_area": 5.0},
            facts={"food_safety_certificate_number": "无"},
            refused={"food-permit": "manager-certificate-invalid"},
            later={"signboard": ("food-permit",)},
            stopped=("signboard",),
        ),
        restaurant(
            town,
            "消防不合格，选择继续（询问）",
            answers={"business_area": 360.0, "signboard_area": 5.0},
            refused={"fire-check": "exits-blocked"},
            at_desk=frozenset({"fire-check"}),
            later={"fire-check": ("food-permit",), "signboard": ("fire-check", "?")},
            choice=("fire-check", "continue"),
        ),
        restaurant(
            town,
            "消防不合格，选择停止（询问）",
            answers={"business_area": 360.0, "signboard_area": 5.0},
            refused={"fire-check": "exits-blocked"},
            at_desk=frozenset({"fire-check"}),
            later={"fire-check": ("food-permit",), "signboard": ("fire-check", "?")},
            choice=("fire-check", "stop"),
            stopped=("signboard",),
        ),
        restaurant(
            town,
            "一名员工未满十六岁（其余继续）",
            ages=(30, 14),
            answers={"sells_tobacco": True},
            refused={"health-check-2": "worker-under-age"},
        ),
        restaurant(
            town,
            "办理中整体撤回",
            ages=(30, 38),
            answers={"business_area": 500.0, "sells_tobacco": True},
            withdraw="*",
        ),
        restaurant(
            town,
            "办理中撤回招牌一项",
            answers={"signboard_area": 5.0},
            later={"signboard": ("signboard",)},
            withdraw="signboard",
        ),
    ]


def _newborns(town: Town) -> list[Filing]:
    first = newborn(town, "第一个孩子，全部事项")
    mother = town.person()
    return [
        first,
        newborn(
            town,
            "第二个孩子，材料库已有",
            filer=first.filer,
            answers={"child_order": 2},
            follows=first,
        ),
        newborn(
            town,
            "父亲申请，生育登记已办",
            answers={"applicant_relation": "father", "birth_registered": True},
        ),
        newborn(
            town,
            "未婚，不办卡不报销",
            answers={
                "parents_married": False,
                "wants_social_card": False,
                "claims_birth_costs": False,
            },
        ),
        newborn(town, "代办人凭母亲委托申请", principal=mother, answers={"birth_registered": True}),
        newborn(
            town,
            "名字不能登记，选择继续（询问）",
            facts={"child_name": "王@小明"},
            refused={"household-registration": "name-not-registrable"},
            later={"birth-cost-claim": ("household-registration", "?")},
            choice=("household-registration", "continue"),
        ),
        newborn(
            town,
            "查无分娩记录（停止）",
            facts={"delivery_record_number": "无"},
            answers={"birth_registered": True},
            refused={"birth-certificate": "delivery-record-not-found"},
        ),
        newborn(
            town,
            "参保未通过（其余继续）",
            refused={"insurance-enrolment": "insured-elsewhere"},
            at_desk=frozenset({"insurance-enrolment"}),
        ),
        newborn(town, "办理中整体撤回", withdraw="*"),
    ]


def _companies(town: Town) -> list[Filing]:
    first = company(town, "两名股东，全部事项")
    return [
        first,
        company(
            town,
            "没有员工，不开户",
            answers={"employee_count": 0, "opens_bank_account": False, "shareholder_count": 1},
        ),
        company(town, "同一人再办一家，材料库已有", filer=first.filer, follows=first),
        company(
            town,
            "名称受限（停止）",
            facts={"enterprise_name": f"中国{town.company_name('餐饮管理')}"},
            refused={"registration": "name-restricted"},
        ),
        company(
            town,
            "印章单位未备案，选择继续（询问）",
            facts={"seal_engraver": "街边刻字摊"},
            refused={"seal": "engraver-not-on-file"},
            later={"housing-fund": ("seal", "?")},
            choice=("seal", "continue"),
        ),
        company(
            town,
            "印章单位未备案，选择停止（询问）",
            facts={"seal_engraver": "街边刻字摊"},
            refused={"seal": "engraver-not-on-file"},
            later={"housing-fund": ("seal", "?")},
            stopped=("housing-fund",),
            choice=("seal", "stop"),
        ),
        company(
            town,
            "办理中撤回开户一项",
            later={"bank-account": ("bank-account",)},
            withdraw="bank-account",
        ),
    ]
