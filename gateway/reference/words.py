"""What a name means wherever the REST reference meets it, said once for all services.

A parameter or property that describes itself keeps its own words.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

PARAMETERS = {
    "Idempotency-Key": "自选、不重复；重试用同一个。 Your own choice; send it again to retry.",
    "accept-language": "zh 或 en。 zh or en.",
    "account": "账号（令牌的 sub）。 An account: the token's `sub`.",
    "after": "从此位置之后开始。 Those after this position.",
    "application": "办件编号。 An application's id.",
    "approval": "审批任务编号。 An approval's id.",
    "audience": "服务对象。 For whom: persons or enterprises.",
    "bundle": "一件事代码。 A bundle's code.",
    "card": "牌的编号。 A card's id.",
    "code": "代码。 Its code.",
    "colour": "牌的颜色。 The card's colour.",
    "consultation": "征求意见编号。 A consultation's id.",
    "department": "部门代码。 A department's code.",
    "digest": "所写内容的摘要。 The digest of what was written.",
    "duty": "监管任务编号。 A supervision duty's id.",
    "event_id": "事件编号。 The event's id.",
    "evidence": "材料库中的编号。 Its id in the wallet.",
    "from": "较早的版本。 The earlier version.",
    "group_by": "按什么分组。 What the figures are grouped by.",
    "holder": "持证人的证件号码。 The holder's number.",
    "if-none-match": "已有文件的 ETag；未变则 304。 The ETag you have; 304 if nothing changed.",
    "item": "事项代码。 An item's code.",
    "last-event-id": "断线前收到的最后一个编号。 The last id you received before.",
    "level": "行使层级。 The level at which the power is used.",
    "limit": "条数。 How many, at most.",
    "mandate": "委托编号。 A mandate's id.",
    "material": "`材料类型:持有人`，见方案。 `evidence:owner`, as the plan names it.",
    "member": "联办事项，见方案。 The member, as the plan names it.",
    "n": "第几次，从 1 起。 Which one, from 1 on.",
    "number": "编号。 Its number.",
    "open": "只列未结的（或已结的）。 Only those that are open, or not.",
    "overdue": "只列超期的（或未超期的）。 Only those that are overdue, or not.",
    "person": "经办人账号。 The account of the person.",
    "point": "服务点代码。 A service point's code.",
    "region": "行政区划代码。 An administrative division's code.",
    "right": "受理权或办结权。 The right to accept, or to close.",
    "role": "被征求方或征求方。 Whether your department was asked, or asks.",
    "rule": "出牌规则代码。 The code of the card's rule.",
    "service": "哪个服务。 Which service.",
    "stage": "退出的阶段。 How far the retirement is.",
    "state": "只列处于这些状态的。 Only those in this state.",
    "supervision": "监管任务编号。 A supervision duty's id.",
    "to": "较晚的版本。 The later version.",
    "upload": "上传文件编号。 An upload's id.",
    "version": "版本号。 The version's number.",
    "year": "年份。 The year.",
}
OF_ITS_PATH = {
    ("code", "/results/"): "证照上的查验码。 The code printed on the certificate.",
    ("level", "/cards"): "牌已送达的层级。 Whom the card has reached.",
    ("kind", "/service-points"): "服务点类型。 The kind of point.",
    ("kind", "/supervisions"): "监管任务类型。 The kind of duty.",
    ("kind", "/indicators"): "事项类型代码（两位数字）。 The kind of item, two digits.",
    ("number", "/suspensions/"): "第几次特别程序，从 1 起。 Which suspension, from 1 on.",
}
"""Names that mean something else in some places: by a part of the path."""


def parameter(one: Json, path: str) -> Json:
    """The parameter with words, its own where it has some."""
    if one.get("description") or one.get("schema", {}).get("description"):
        return one
    told = next((w for (n, p), w in OF_ITS_PATH.items() if n == one["name"] and p in path), None)
    told = told or PARAMETERS.get(one["name"])
    return one | {"description": told} if told else one


PROPERTIES = {
    "accepted_at": "受理时刻。 When it was accepted.",
    "acceptor": "谁受理的。 Who accepted it.",
    "accepts": "谁来受理。 Who accepts it.",
    "acr": "实名等级 1 至 3。 The identity assurance, 1 to 3.",
    "already_open": "已在办的联办事项。 Members that are filed already and not decided.",
    "answer_by": "答复的最后一天。 The last day to answer.",
    "answered_at": "答复时刻。 When it was answered.",
    "answers": "对问题的回答：字段代码到值。 Answers to the questions, by field.",
    "application": "办件编号。 The application's id.",
    "approval": "审批任务编号。 The approval's id.",
    "asked_at": "提出时刻。 When it was asked.",
    "asked_by": "谁提出的。 Who asked.",
    "bundle": "一件事代码。 The bundle's code.",
    "bundle_version": "一件事的版本。 The bundle's version.",
    "came_at": "补交时刻。 When it came.",
    "checked_at": "核对原件的时刻。 When the original was seen.",
    "checked_by": "谁核对了原件。 Who saw the original.",
    "choice": "申请人的选择。 What the applicant chose.",
    "claimed_by": "领办人。 Who took it up.",
    "code": "代码。 Its code.",
    "commitments": "告知承诺。 Commitments.",
    "completed_at": "办结时刻。 When all was settled.",
    "content": "内容：字段代码到值。 The content, by field.",
    "decided_at": "决定时刻。 When it was decided.",
    "decided_by": "决定人，或作出决定的规则。 Who decided, or the rule that did.",
    "deferrable": "可否容缺后补。 Whether it may come later.",
    "delivered_at": "送达时刻。 When it was delivered.",
    "delivery": "送达情况。 How and when it was delivered.",
    "department": "部门代码。 The department's code.",
    "digest": "内容摘要。 The digest of the content.",
    "due": "期限届满的时刻。 When its time runs out.",
    "ended_as": "已终止：撤回、撤销、吊销、注销之一。 How it ended, if it did.",
    "ended_at": "终止时刻。 When it ended.",
    "errors": "逐项错误。 What is wrong, one by one.",
    "evidence": "材料或证照类型代码。 The evidence type's code.",
    "expected": "预计所需时间。 How long it is expected to take.",
    "facts": "有关事实。 The facts.",
    "field": "字段代码。 The field's code.",
    "fields": "表单字段。 Fields of the form.",
    "files": "文件。 Files.",
    "form": "表单：字段代码到值。 The form, by field.",
    "gaps": "容缺待补，或需补正之处。 What is still missing, or is to be put right.",
    "held_back": "暂不能办的联办事项及原因。 Members that cannot begin, and why.",
    "holder": "持证人。 Whose result it is.",
    "id": "编号。 Its id.",
    "in_force": "现在是否有效。 Whether it holds now.",
    "issued": "是否已出证。 Whether its result is issued.",
    "issued_at": "出证时刻。 When its result was issued.",
    "issuer_number": "发证机关自己的编号。 The authority's own number.",
    "issues": "颁发的证照类型，没有则为空。 The evidence type that it issues, if any.",
    "item": "事项代码。 The item's code.",
    "item_name": "事项名称。 The item's name.",
    "item_version": "事项版本。 The item's version.",
    "late": "超期情况。 Its lateness, if there is any.",
    "lead_department": "牵头部门代码。 The department that leads.",
    "left_out": "因回答而不需要的联办事项。 Members that the answers left out.",
    "legal": "法定时限。 The time that the law gives.",
    "legal_basis": "依据。 The legal basis.",
    "lowest_trust": "最低可信级别 A 至 D。 The lowest level of trust, A to D.",
    "made_at": "形成时刻。 When it was made.",
    "mandate": "委托编号。 The mandate's id.",
    "material": "`材料类型:持有人`。 `evidence:owner`.",
    "materials": "材料。 Materials, by key.",
    "member": "联办事项。 The member.",
    "members": "联办事项。 The members.",
    "name": "名称（中文）。 Its name, in Chinese.",
    "name_en": "名称（英文）。 Its name, in English.",
    "not_asked": "不用交的材料及原因。 What is not asked for, and why.",
    "not_needed": "不再需要回答的问题。 Questions that can change nothing any more.",
    "open_choices": "等申请人选择的联办事项。 Members at which the applicant has to choose.",
    "opened_at": "接件时刻。 When it arrived.",
    "outcome": "办结结果；未办结为空。 How it ended; null while it goes on.",
    "plan": "所确认方案的 digest。 The digest of the plan that you agreed to.",
    "point": "服务点代码。 The service point's code.",
    "promise": "承诺时限。 The time that was promised.",
    "published_promise": "对外公布的承诺时限。 The promise as it was published.",
    "reason_code": "理由代码。 The reason, as a code.",
    "reason_codes": "理由代码。 The reasons, as codes.",
    "receipt": "受理或不予受理的回执编号。 The number of the receipt.",
    "refer_to": "应向哪里提出。 Where to go instead.",
    "refusal": "不予批准的说明与救济途径。 What was refused, and how to appeal.",
    "region": "行政区划代码。 The administrative division's code.",
    "register_name": "核验所用的登记系统。 The register that is asked instead.",
    "relies_on": "所依据的结果编号。 The results that it relies on.",
    "replaced_by": "被哪份证照替代。 What replaced it.",
    "replaces": "所替代的。 What it takes the place of.",
    "requested_at": "转交部门的时刻。 When the department was asked.",
    "result": "结果。 The result.",
    "result_number": "本平台的结果编号。 Our number of the result.",
    "settled_at": "有结果的时刻。 When it was settled.",
    "situations": "适用情形。 The situations it is for.",
    "spared": "因事项退出而不再需要的材料。 What is not asked any more, as its item was retired.",
    "submitted_at": "申报时刻。 When it was filed.",
    "text": "文字（中文）。 The text, in Chinese.",
    "text_en": "文字（英文）。 The text, in English.",
    "to_do": "等申请人做的事。 What waits for the applicant.",
    "trust": "可信级别 A 至 D。 The level of trust, A to D.",
    "uploads": "上传文件编号。 The ids of uploads.",
    "valid_from": "有效期起。 The first day it is valid.",
    "valid_until": "有效期止；长期有效为空。 The last day it is valid; null for ever.",
    "verdict": "结论。 The verdict.",
    "version": "版本。 Its version.",
    "why": "为什么要：事项、依据、条件。 Why it is asked: the item, the law, the condition.",
    "within": "时限。 In what time.",
}


OF_A_PAGE = {
    "items": "这一页的内容。 The entries of this page.",
    "next": "下一页的游标；没有则为空。 The cursor of the next page, if there is one.",
}


def worded(schemas: Mapping[str, Json]) -> dict[str, Json]:
    """The schemas, with words for each property that has none of its own."""
    return {name: _worded(schema) for name, schema in schemas.items()}


def _worded(schema: Json) -> Json:
    properties = schema.get("properties", {})
    known = PROPERTIES | (OF_A_PAGE if set(OF_A_PAGE) == set(properties) else {})
    told = {
        name: one | {"description": known[name]}
        for name, one in properties.items()
        if name in known and not one.get("description")
    }
    return schema | {"properties": properties | told} if told else schema
