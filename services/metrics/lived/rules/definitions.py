"""The words of the lived figures."""

from services.metrics.definitions import Definition, Population

DECIDED_APPROVALS = Population("decided-approvals", "已决定的审批", "Decided approvals")

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
)
