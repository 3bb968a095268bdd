"""What the kinds of items are like: their ways of handling, legal times, how many papers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """One way of handling a kind of item; several legal times stand for several laws."""

    action: str
    legal: tuple[int, ...]
    """Working days; 0 for no limit set by law."""
    materials: tuple[int, int]
    instant: float
    """How readily it is handled at once, against other shapes."""
    main: bool = False


SHAPES: dict[str, tuple[Shape, ...]] = {
    "01": (
        Shape("核发", (20, 20, 20, 30), (6, 13), 0.1, main=True),
        Shape("变更", (20, 15, 10), (4, 9), 0.5),
        Shape("延续", (20, 15), (4, 9), 0.4),
        Shape("补发", (10, 5), (2, 4), 3.0),
        Shape("注销", (10, 5), (2, 5), 2.0),
    ),
    "05": (
        Shape("申领", (30, 20, 20, 15), (5, 10), 0.1, main=True),
        Shape("信息变更", (10, 5), (2, 5), 2.0),
        Shape("恢复发放", (15, 10), (3, 6), 0.6),
        Shape("注销", (10, 5), (2, 4), 1.5),
    ),
    "07": (
        Shape("办理", (30, 20, 15, 10), (5, 11), 0.4, main=True),
        Shape("变更", (20, 15, 10), (4, 8), 0.8),
        Shape("补发", (10, 5), (2, 5), 2.5),
        Shape("撤销", (15, 10), (3, 6), 0.6),
    ),
    "08": (Shape("申报", (30, 0), (3, 7), 0.1, main=True),),
    "10": (
        Shape("办理", (20, 10, 5), (5, 10), 0.8, main=True),
        Shape("变更", (10, 5), (3, 7), 1.5),
        Shape("撤回", (5,), (1, 4), 2.5),
    ),
    "20": (
        Shape("办理", (15, 10, 5, 0), (4, 10), 0.8, main=True),
        Shape("信息变更", (5, 3, 0), (3, 6), 2.0),
        Shape("信息查询", (1, 0), (0, 2), 5.0),
        Shape("凭证打印", (1, 0), (0, 2), 5.0),
    ),
    "20q": (
        Shape("办理", (10, 5, 0, 0), (0, 3), 1.2, main=True),
        Shape("查询", (1, 0), (0, 1), 4.0),
    ),
}
"""By kind (GB/T 39046); `20q` is a public service that hardly takes a paper."""

# Papers that an item of this audience may ask for, the commonest first.
PERSONS = (
    "identity-card",
    "household-register",
    "identity-photo",
    "bank-card",
    "kinship-proof",
    "income-proof",
    "education-certificate",
    "authorisation-letter",
    "village-opinion",
    "employment-contract",
    "medical-record",
    "physical-examination",
    "training-proof",
    "service-record",
    "payment-proof",
)
UNITS = (
    "company-application",
    "representative-proof",
    "management-system",
    "equipment-list",
    "site-drawings",
    "technician-list",
    "unit-contract",
    "safety-plan",
    "test-report",
    "financial-statement",
    "project-description",
    "assessment-report",
    "qualification-proof",
    "authorisation-letter",
    "identity-card",
)
RENEWED = {"person": "original-certificate", "enterprise": "unit-original-certificate"}
LOST = {"person": "loss-statement", "enterprise": "unit-loss-statement"}
BY_INTERMEDIARIES = {"test-report", "assessment-report", "physical-examination", "site-drawings"}
ON_ONES_WORD = {"income-proof", "management-system", "loss-statement", "unit-loss-statement"}
SECONDARY = {"identity-photo", "equipment-list", "financial-statement", "service-record"}
