"""What designers and whoever looks for a bundle are shown of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel

from services.bundle.composition.rules import Change
from services.bundle.composition.tables import Bundle, BundleVersion
from services.chassis.errors import Flaw
from services.chassis.reading import etag


@dataclass(frozen=True, slots=True)
class Checked:
    """What publishing a draft would say, or has said."""

    row: Bundle
    faults: Sequence[Flaw]
    """For these it cannot be published."""
    warnings: Sequence[Flaw]
    changes: Sequence[Change]
    """What it changes about the version in force."""


class SuspensionView(BaseModel):
    """暂停受理 / Nobody can apply for it since then, and why."""

    since: datetime
    reason: str


class BundleView(BaseModel):
    """一件事 / A bundle: the draft for its designers, what is published for everybody."""

    code: str
    version: int
    published_version: int | None
    suspension: SuspensionView | None
    record: dict[str, Any]


class RemarkView(BaseModel):
    """提示 / One thing to look at: what (`about`), where, in Chinese and in English.  `more`: the
    member, field or example answers it is about."""

    about: str
    pointer: str
    detail: str
    detail_en: str
    more: dict[str, Any]


class ChangeView(BaseModel):
    """变化 / One difference between two versions, in Chinese and in English."""

    change: Literal["added", "removed", "changed", "moved"]
    pointer: str
    detail: str
    detail_en: str


class CheckView(BaseModel):
    """发布前检查 / What publishing would say: `faults` refuse it, `warnings` do not; `changes` are
    those to the version in force."""

    code: str
    version: int
    publishable: bool
    faults: list[RemarkView]
    warnings: list[RemarkView]
    changes: list[ChangeView]


class PublishedView(BundleView):
    """已发布 / What is in force now, what is worth a look, and what changed."""

    warnings: list[RemarkView]
    changes: list[ChangeView]


class CopyView(BundleView):
    """副本草稿 / The copy's draft, and what it left as it was in the first region."""

    unchanged: list[RemarkView]


class VersionLine(BaseModel):
    """一个版本 / A version: in force, or superseded by a newer one."""

    version: int
    published_at: datetime
    in_force: bool


class VersionView(VersionLine):
    """一个版本的全文 / A version as it was published."""

    code: str
    record: dict[str, Any]
    item_versions: dict[str, int]


class DifferenceView(BaseModel):
    """版本差异 / What changed from one version to another."""

    code: str
    old: int
    new: int
    changes: list[ChangeView]


def draft(row: Bundle, response: Response) -> BundleView:
    response.headers["etag"] = etag(row.version)
    return BundleView(**_bundle(row))


def in_force(row: Bundle) -> BundleView:
    assert row.published is not None
    shown = {"version": row.published_version, "record": row.published}
    return BundleView(**_bundle(row) | shown)


def published(done: Checked, response: Response) -> PublishedView:
    response.headers["etag"] = etag(done.row.version)
    return PublishedView(
        **_bundle(done.row), warnings=remarks(done.warnings), changes=changes(done.changes)
    )


def copy(row: Bundle, left: Iterable[Flaw]) -> CopyView:
    return CopyView(**_bundle(row), unchanged=remarks(left))


def checked(done: Checked) -> CheckView:
    return CheckView(
        code=done.row.code,
        version=done.row.version,
        publishable=not done.faults,
        faults=remarks(done.faults),
        warnings=remarks(done.warnings),
        changes=changes(done.changes),
    )


def version(row: BundleVersion, published_version: int | None) -> VersionView:
    return VersionView(
        code=row.code,
        version=row.version,
        published_at=row.published_at,
        in_force=row.version == published_version,
        record=row.record,
        item_versions=row.item_versions,
    )


def _bundle(row: Bundle) -> dict[str, Any]:
    return {
        "code": row.code,
        "version": row.version,
        "published_version": row.published_version,
        "suspension": row.suspension,
        "record": row.record,
    }


def remarks(flaws: Iterable[Flaw]) -> list[RemarkView]:
    return [
        RemarkView(
            about=flaw.more["fault"],
            pointer=flaw.pointer,
            detail=flaw.zh,
            detail_en=flaw.en,
            more={name: value for name, value in flaw.more.items() if name != "fault"},
        )
        for flaw in flaws
    ]


def changes(found: Iterable[Change]) -> list[ChangeView]:
    return [
        ChangeView(change=one.change, pointer=one.pointer, detail=one.zh, detail_en=one.en)
        for one in found
    ]
