"""The words of the lived figures."""

from services.metrics.definitions import Definition, Population

DECIDED_APPROVALS = Population("decided-approvals", "已决定的审批", "Decided approvals")
DELIVERED_APPROVALS = Population("delivered-approvals", "已送达的审批", "Approvals delivered")

KEPT_PROMISES = Definition(
    "kept_promises",
    1,
    "按承诺办结率",
    "Promises kept",
    "实际用时（工作日）不超过承诺时限（工作日，向上取整）的审批 ÷ 已决定的审批",
    "approvals with worked days <= promised days (rounded up) / approvals decided",
    "approvals",
)
LIVED_COMPRESSION = Definition(
    "lived_compression",
    1,
    "实际时限压缩比",
    "Compression of the legal time as lived",
    "（法定时限之和 − 实际用时之和）÷ 法定时限之和；按已决定的审批求和，法定时限取事项现行记录，"
    "实际用时为工作日数乘以 8 小时；没有法定时限的不计",
    "(sum of legal times - sum of times worked) / sum of legal times over decided approvals; the "
    "legal time is that of the item's record today, the time worked its working days of 8 hours; "
    "without a legal limit an approval is left out",
    "working hours",
    beside="promise_compression",
)
INSTANT_CASE_SHARE = Definition(
    "instant_case_share",
    1,
    "即办件率（按办件）",
    "Cases handled at once",
    "即办件事项的已决定审批 ÷（即办件事项 + 承诺件事项）的已决定审批",
    "decided approvals of instant items / decided approvals of instant and of promise items",
    "approvals",
    beside="instant_type_share",
)
DELIVERED_IN_TIME = Definition(
    "delivered_in_time",
    1,
    "按时送达率",
    "Delivered in time",
    "决定后 10 个工作日内（行政许可法第四十四条）送达的审批 ÷ 已决定且已送达的审批；决定次日起算；"
    "未送达的不计入，其数见各表的 decided 与 delivered 之差",
    "decided approvals delivered within 10 working days of the decision (行政许可法 art. 44) / "
    "decided approvals delivered; counted from the day after it; what is not delivered yet is not "
    "in it: the tables show it as decided less delivered",
    "approvals",
)

# What stands in the tables per bundle, department and item.
DEFINITIONS = (
    Definition(
        "applications_filed",
        1,
        "申报办件数",
        "Applications filed",
        "bundle.application.submitted 的件数",
        "count of bundle.application.submitted",
        "applications",
    ),
    Definition(
        "applications_settled",
        1,
        "办结办件数（按结果）",
        "Applications settled, by outcome",
        "bundle.application.completed 的件数，按结果分列",
        "count of bundle.application.completed, grouped by outcome",
        "applications",
    ),
    Definition(
        "approvals_decided",
        1,
        "审批决定数",
        "Approvals decided",
        "approval.approval.decided 的件数，准予与不予分列",
        "count of approval.approval.decided, granted and refused apart",
        "approvals",
    ),
    Definition(
        "worked_seconds",
        1,
        "实际用时（秒）",
        "Time worked",
        "已决定审批自受理至决定的秒数，第 50、90 百分位（最近秩）",
        "p50 and p90 of decided_at - accepted_at over decided approvals, nearest rank",
        "seconds",
    ),
    Definition(
        "worked_days",
        1,
        "实际用时（工作日）",
        "Working days lived",
        "受理次日起至决定当日的工作日数，第 50、90 百分位；按北京时间和国务院放假安排（含调休），"
        "当日为 0",
        "p50 and p90 of the working days after the day of acceptance up to the day of decision, "
        "Asia/Shanghai, State Council calendar with make-up days; same day is 0",
        "working days",
    ),
    Definition(
        "promised_days",
        1,
        "承诺时限（工作日）",
        "Working days promised",
        "同一批审批的承诺时限（工作小时）平均数 ÷ 8",
        "mean of the promises of the same approvals in working hours / 8",
        "working days",
    ),
    KEPT_PROMISES,
    Definition(
        "approvals_delivered",
        1,
        "送达数",
        "Approvals delivered",
        "已决定的审批中有 approval.approval.delivered 的件数：决定或证照已到申请人手中，含在材料库"
        "中打开；按作出决定的部门计",
        "decided approvals with an approval.approval.delivered: the decision or the certificate "
        "reached the applicant, or was opened in the wallet; under the department that decided",
        "approvals",
    ),
    Definition(
        "delivery_days",
        1,
        "决定至送达（工作日）",
        "Working days from the decision to its delivery",
        "已送达审批自决定次日起至送达当日的工作日数，第 50、90 百分位（最近秩），含制证；当日为 0；"
        "未送达的不计入",
        "p50 and p90, nearest rank, of the working days after the day of the decision up to the "
        "day of delivery, the making of the certificate included; same day is 0; what is not "
        "delivered yet is not in it",
        "working days",
    ),
    DELIVERED_IN_TIME,
)
