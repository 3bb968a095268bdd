"""What applicants are shown of their applications."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications import rules
from services.bundle.applications.cases import Case
from services.bundle.applications.moves import MEMBER
from services.bundle.applications.rules import AT_A_DESK, Hold, MemberState, Outcome, Refusal
from services.bundle.parties.sealing import masked
from services.contracts import SparedEvidence


class WaitView(BaseModel):
    """What a member waits for."""

    member: str
    state: str


class RemedyView(BaseModel):
    """救济途径 / A way to appeal: 行政复议 (review) or 行政诉讼 (lawsuit)."""

    kind: str
    within: int
    unit: str
    where: str


class RefusalView(BaseModel):
    """未获批准或受理 / How an authority said no, and how to appeal."""

    kind: Refusal
    refer_to: str | None
    remedies: list[RemedyView]


class HoldView(BaseModel):
    """暂停的环节 / What keeps a member standing still: a `correction` is yours to make, a
    `procedure` is the authority's, and its time is not counted."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: Hold
    number: int
    since: datetime
    answer_by: date | None = None
    procedure: str | None = None
    """特别程序: which one."""
    expected: dict[str, Any] | None = None
    """The time it needs, as you were told."""


class DeliveryView(BaseModel):
    """送达 / When the decision, or its certificate, reached you, how, and who says so."""

    way: str
    by: str
    delivered_at: datetime


class MemberView(BaseModel):
    """联办事项的进度 / Where one member stands.  `approval` is the department's id for it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    member: str
    name: str
    item: str
    department: str
    approval: UUID
    state: MemberState
    issued: bool
    waits_for: list[WaitView]
    reason_code: str | None
    refusal: RefusalView | None
    result_number: str | None
    receipt: str | None
    delivery: DeliveryView | None
    due: datetime | None
    """When the authority's time runs out, as far as it is known; not while it stands still."""
    choice: str | None
    late: str | None
    requested_at: datetime | None
    settled_at: datetime | None
    holds: list[HoldView]
    spared: list[SparedEvidence] = []
    """What you are no longer asked for here, since an item was retired."""


class ToDoView(BaseModel):
    """等您办理 / What waits for you: to `choose` after a refusal, or to `correct` something."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    kind: Literal["choose", "correct"]
    member: str
    at: str
    """The path that takes it."""
    by: date | None = None


class ProgressView(BaseModel):
    """进度 / Where an application stands.  `open_choices`: members at which you must choose;
    `to_do`: everything that waits for you."""

    id: UUID
    bundle: str
    outcome: Outcome | None
    open_choices: list[str]
    to_do: list[ToDoView]
    members: list[MemberView]
    version: int


class GapView(BaseModel):
    """容缺材料 / A material that was left for later: until when (none: before the decision), and
    when it came."""

    material: str
    name: str
    until: date | None
    came_at: datetime | None
    members: list[str]


class SignedView(BaseModel):
    """告知承诺 / A text that was signed, and what it stands in for."""

    item: str
    code: str
    version: int
    digest: str
    signed_at: datetime
    replaces: list[str]


class ApplicationView(ProgressView):
    """办件 / One filing: its plan's figures, the form (personal values masked), its progress."""

    bundle_version: int
    name: str
    region: str
    holder: UUID
    parties: dict[str, UUID]
    promise: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    form: dict[str, Any]
    materials: list[str]
    gaps: list[GapView]
    commitments: list[SignedView]
    submitted_at: datetime
    completed_at: datetime | None


class ApplicationLine(BaseModel):
    """One line in the list of your applications."""

    id: UUID
    bundle: str
    name: str
    outcome: Outcome | None
    submitted_at: datetime
    completed_at: datetime | None


Members = Iterable[Mapping[Any, Any]]


async def members_of(tx: AsyncSession, application: UUID) -> Members:
    found = select(MEMBER).where(MEMBER.c.application == application).order_by(MEMBER.c.place)
    return (await tx.execute(found)).mappings().all()


def progress(row: Any, members: Members) -> ProgressView:
    return ProgressView(**_progress(row, members))


def whole(row: Any, members: Members, personal: Mapping[str, Any]) -> ApplicationView:
    """`personal`: the form in clear; personal values in it are masked here."""
    plan = row.plan
    return ApplicationView(
        **_progress(row, members),
        bundle_version=row.bundle_version,
        name=plan["name"],
        region=row.region,
        holder=row.holder,
        parties=row.parties,
        promise=plan["promise"],
        before=plan["before"],
        after=plan["after"],
        form=_masked(plan["form"], personal),
        materials=sorted(row.materials),
        gaps=_gaps(plan, row.gaps, members),
        commitments=[_signed(one) for one in row.commitments],
        submitted_at=row.submitted_at,
        completed_at=row.completed_at,
    )


def _gaps(plan: Mapping[str, Any], gaps: Mapping[str, Any], members: Members) -> list[GapView]:
    """Those that somebody still needs: a retirement may have spared them since."""
    asks = {own["member"]: own["ask"] for own in members}
    return [
        GapView(
            material=material["key"],
            name=material["name"],
            members=needed,
            until=gaps[material["key"]]["until"],
            came_at=gaps[material["key"]]["came_at"],
        )
        for material in plan["materials"]
        if material["key"] in gaps and (needed := rules.still_asking(material, asks))
    ]


def _signed(one: Mapping[str, Any]) -> SignedView:
    replaced = dict.fromkeys(place["material"] for place in one["replaces"])
    return SignedView(**{**one, "replaces": list(replaced)})


def _progress(row: Any, members: Members) -> dict[str, Any]:
    case = Case.of(row, members, row.submitted_at)  # only read: nothing happens to it
    return {
        "id": row.id,
        "bundle": row.bundle,
        "outcome": row.outcome,
        "open_choices": list(rules.open_choices(case.graph, case.progress)),
        "to_do": list(_to_do(case)),
        "version": row.version,
        "members": [_member(case, name, own) for name, own in case.members.items()],
    }


def _to_do(case: Case) -> Iterator[ToDoView]:
    here = f"/api/applications/{case.row.id}"
    for member in rules.open_choices(case.graph, case.progress):
        yield ToDoView(kind="choose", member=member, at=f"{here}/choices/{member}")
    for member, own in case.members.items():
        asked = rules.open_correction(own["holds"])
        if asked and own["state"] in AT_A_DESK:
            by, at = asked["answer_by"], f"{here}/corrections/{member}"
            yield ToDoView(kind="correct", member=member, at=at, by=by)


def _holds(own: Mapping[str, Any]) -> list[HoldView]:
    """At a desk only: a member that is settled stands still anyway."""
    on = rules.open_holds(own["holds"]) if own["state"] in AT_A_DESK else ()
    return [HoldView(**{k: v for k, v in one.items() if k in HoldView.model_fields}) for one in on]


def _member(case: Case, name: str, own: dict[str, Any]) -> MemberView:
    holds = _holds(own)
    return MemberView(
        name=own["ask"]["item_name"],
        item=own["ask"]["item"],
        holds=holds,
        due=None if holds else own["due"],
        spared=own["ask"].get("spared", []),
        waits_for=[WaitView(member=w.member, state=w.state) for w in case.graph.waits[name]],
        **{key: value for key, value in own.items() if key in SHOWN},
    )


SHOWN = set(MemberView.model_fields) - {"name", "item", "waits_for", "holds", "due", "spared"}


def _masked(asked: list[dict[str, Any]], form: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for field in asked:
        value = form.get(field["field"])
        if value is None:
            continue
        if field["type"] == "list":
            shown[field["field"]] = [_masked(field["entry"], entry) for entry in value]
        else:
            shown[field["field"]] = masked(field["type"], value) if field["personal"] else value
    return shown
