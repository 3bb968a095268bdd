"""The words around both references, Chinese first, English beside it."""

TITLE = "一件事一次办 · One thing, one visit"

ABOUT_API = """\
把**一件事**一次办完：回答几个问题，填一张表，材料只交一次；各部门并行审批，结果自己流转。

**One thing, one visit.** Answer a few questions, fill in one form, hand in each document once; the
departments approve in parallel, and what one issues reaches the next by itself.

- 错误按 RFC 9457 给出（`application/problem+json`），语言按 `Accept-Language`，中文优先。
  Errors are RFC 9457 problem documents, in Chinese or English.
- 创建与决定须带 `Idempotency-Key`；结果未知时用同一个键重试。
  What creates or decides takes an `Idempotency-Key`; if the outcome is unknown, send it again.
- 每个答复都带 `X-Correlation-Id`，事件里的 `correlationid` 与之相同。
  Every answer carries an `X-Correlation-Id`; events carry the same one.
- 列表：`{"items": […], "next": 游标}`，`?limit`≤100、`?cursor=`。
  Lists come in pages of at most 100.
- 事件目录在 [/events](/events)。 The events are described at [/events](/events).
"""

ABOUT_EVENTS = """\
服务之间、平台与部门系统之间说的每一句话。 \
Everything the services say to one another, and to the departments' own systems.

每条消息都是 CloudEvents 1.0 文档（结构化模式，JSON），`id` 同时是 `Nats-Msg-Id`。\
事件只增不改：新字段都有默认值，不认识的字段请忽略。事件不含个人信息。

Every message is a CloudEvents 1.0 document (structured mode, JSON) whose `id` is also its \
`Nats-Msg-Id`. Events change by addition only: ignore fields that you do not know. No event \
carries personal data."""

ABOUT_BROKER = (
    "每个合作部门一个 NATS 账户，只能做三件事：从自己的持久消费者拉取、确认、发布 `in.>`。 "
    "Each partner department has a NATS account of its own that can pull from its durable "
    "consumer, acknowledge, and publish `in.>`; the account is the identity."
)

SERVICES = {
    "catalog": (
        "目录 catalog",
        "有哪些政务服务事项、谁来办、需要什么。 "
        "Which items exist, who decides them, what they need.",
    ),
    "bundle": (
        "一件事 bundle",
        "一次告知、一张表单、一套材料：组合、申请、进度、材料库。 "
        "One form and one list of materials: composition, applications, progress, wallet.",
    ),
    "approval": (
        "审批 approval",
        "一个部门对一个事项的答复。 The desk where one department answers one member.",
    ),
    "metrics": (
        "指标 metrics",
        "承诺与实际，并排给出。 What was promised beside what was lived.",
    ),
    "operations": (
        "运维 operations",
        "被搁置的事件与滞后量，四个服务合并给出。 Parked events and lag, of all services at once.",
    ),
}

SUBJECTS = {
    "items": "事项：检索、实施清单、版本、导入导出 Items: search, records, import, export",
    "drafts": "事项草稿 Drafts of items",
    "departments": "部门 Departments",
    "fields": "表单字段 Fields of forms",
    "evidence-types": "材料与证照类型 Evidence types",
    "crosswalks": "代码对照 Codes of other systems",
    "service-points": "服务点 Service points: halls, townships, villages, kiosks",
    "delegations": "委托与赋权 Delegations: who may accept and close what where",
    "lint": "失去来源的材料要求 Requirements that lost their source",
    "retirements": "事项退出 Retirements of items",
    "bundles": "一件事：编制、发布、问答得方案 Bundles: designing, publishing, composing",
    "applications": "办件：申报、进度、补正、撤回 Applications: filing, progress, withdrawal",
    "uploads": "上传 Uploads",
    "wallet": "材料库与证照，延续、变更、补证 The wallet, certificates, and later filings",
    "mandates": "委托代办 Mandates for agents",
    "notices": "通知 Notices",
    "dossiers": "案卷：审批岗读取所需材料 Dossiers: what one desk reads",
    "consultations": "征求意见 Consultations: another department's opinion",
    "approvals": "审批：受理、补正、特别程序、决定、送达 Approvals: acceptance to delivery",
    "results": "办理结果：查验、终止 Results: verification, endings",
    "calendars": "工作日历 Calendars of working days",
    "supervisions": "事中事后监管 Supervision after the grant",
    "inspectors": "检查人员名录 Inspectors, from whom random checks draw",
    "credit-records": "信用记录 Credit records",
    "cards": "红黄牌 Yellow and red cards",
    "audit": "审计链 The chain of legal acts",
    "indicators": "指标 Indicators, with the cases behind them",
    "board": "红黄牌看板 The board of cards",
    "anchors": "审计链锚点 Anchors of the chain of acts",
    "operations": "运维 Operations: parked and stuck events, lag",
}
"""By the first word of a path: how the page is divided.  What is not named stands under its
service's own name."""

PROBLEMS = {
    "400": "路径或请求体无法理解 The path or the body cannot be understood.",
    "401": "需要有效令牌 A valid token is needed.",
    "403": "角色不符 Another role is needed.",
    "413": "请求体过大 The body is too large.",
    "429": "请求过于频繁 Too many requests; see Retry-After and RateLimit.",
    "503": "服务暂不可达，未执行 The service is out of reach; nothing was done.",
    "504": "服务未及时答复，结果未知 No answer in time; the outcome is unknown.",
}
ANY_PROBLEM = "其他问题 Any other problem: 404, 409, 412, 422 …"

ENVELOPE = {
    "specversion": "CloudEvents 的版本，固定为 1.0。 Always 1.0.",
    "id": "事件编号（UUIDv7），同 Nats-Msg-Id；重发时不变。 The same each time it is sent.",
    "source": "谁说的。 Who says it: the service, or a department's own system.",
    "type": "说的是什么，见各事件。 Which event this is.",
    "subject": "说的是哪一个：聚合编号。 Which one it is about: the aggregate's id.",
    "time": "发生的时刻（UTC）。 When it happened.",
    "datacontenttype": "固定为 application/json。 Always application/json.",
    "sequence": "该聚合的第几次变化，只增。 Grows with every change of that aggregate.",
    "correlationid": "起因请求的 X-Correlation-Id。 That of the request which led to this.",
    "data": "事实本身。 The fact itself.",
}

PARTNER_LOOP = """\
一轮是这样：从 `PARTNER_<部门>` 拉到 `partner.approval.opened`；\
用 client credentials 令牌经 HTTPS 读 `GET /api/dossiers/{approval}`；\
要发证时先把内容存入 `PUT /api/dossiers/{approval}/result`，得到摘要；\
然后在自己的账户里发布 `in.decision`，消息 `id` 由部门自定且不重复；\
随后会收到 `partner.answer.accepted` 或 `partner.answer.refused`。\
只在处理完之后才确认：没有确认的消息会再来。

One round: pull `partner.approval.opened` from `PARTNER_<department>`; read \
`GET /api/dossiers/{approval}` over HTTPS with a client-credentials token; to issue, store the \
content with `PUT /api/dossiers/{approval}/result`, which answers its digest; then publish \
`in.decision` in your own account under an `id` of your own that you never use twice; \
`partner.answer.accepted` or `partner.answer.refused` comes back. Acknowledge only when you are \
done: what was not acknowledged comes again."""

ABOUT = """\
群众和企业办**一件事**，只填一张表、交一次材料、跑一次；各部门并行审批，前一个部门发的证，后一个部门自己就能看到。\
这里是平台唯一的入口，供门户、小程序、自助机、窗口和部门系统使用。

Citizens and businesses bring **one thing**, fill in one form, hand in each document once. \
Departments approve in parallel, and what one issues reaches the next by itself. This is the \
platform's only door: for portals, mini-programmes, kiosks, windows and the departments' own \
systems."""
