"""How an import is told: counts, codes, and each error by its place."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from services.catalog.imports.judging import Outcome
from services.catalog.imports.rules.tables import Fault, letters
from services.chassis.errors import Flaw, Invalid

MOST_TOLD = 1_000


class ImportFaulty(Invalid):
    """The file has errors; nothing of it was taken."""

    zh = "文件有误，全部内容均未导入。"


class Trouble(BaseModel):
    """一处错误 / One thing that is wrong, and what would be right."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    sheet: str | None
    """表名 / The sheet; null in a JSON file."""
    row: int | None
    """行号，从 1 计，与 Excel 相同 / The row as Excel counts it."""
    column: str | None
    """列，如 C / The column's letter."""
    cell: str | None
    """单元格，如 C7 / The cell."""
    item: str | None
    pointer: str
    """要素的 JSON 指针：工作簿中在该事项内，JSON 中在全文内 / The element: within the item, of a
    JSON file within the file."""
    fault: str
    zh: str
    en: str


class Change(BaseModel):
    """变更的事项及其要素 / A changed item, and which elements of it."""

    code: str
    elements: list[str]


class ImportView(BaseModel):
    """导入结果 / What an import does, or in a dry run would do."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    dry_run: bool
    additions: int
    changes: int
    unchanged: int
    removals: int
    """文件所涉部门和区划中有、文件中没有的事项：只报告，不删除；停止实施请走取消程序 / Items of the
    departments and regions in the file that are not in it.  They are only reported: an import
    removes nothing, an item ends by its retirement."""
    added: list[str]
    changed: list[Change]
    missing: list[str]
    error_count: int
    errors: list[Trouble]
    """至多 1000 处 / The first thousand."""


def view(outcome: Outcome, dry_run: bool) -> ImportView:
    difference, faults = outcome.difference, outcome.proposal.faults
    return ImportView(
        dry_run=dry_run,
        additions=len(difference.added),
        changes=len(difference.changed),
        unchanged=difference.unchanged,
        removals=len(outcome.missing),
        added=difference.added,
        changed=[Change(code=c, elements=names) for c, names in difference.changed.items()],
        missing=outcome.missing,
        error_count=len(faults),
        errors=[_trouble(one) for one in _in_order(faults)],
    )


def refusal(faults: Iterable[Fault]) -> ImportFaulty:
    told = [_trouble(fault) for fault in _in_order(faults)]
    leave = {"pointer", "zh", "en"}
    flaws = [Flaw(one.pointer, one.zh, one.en, one.model_dump(exclude=leave)) for one in told]
    return ImportFaulty(errors=flaws, error_count=len(list(faults)))


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """As one meets them, sheet by sheet; those of whole sheets first."""
    sheets = {fault.place.sheet: None for fault in faults}
    order = {sheet: number for number, sheet in enumerate(sheets)}

    def place(fault: Fault) -> tuple[int, int, int]:
        return order[fault.place.sheet], fault.place.row, fault.place.column

    return sorted(faults, key=place)[:MOST_TOLD]


def _trouble(fault: Fault) -> Trouble:
    place = fault.place
    return Trouble(
        sheet=place.sheet or None,
        row=place.row or None if place.sheet else None,
        column=letters(place.column) or None,
        cell=place.cell,
        item=fault.item,
        pointer=fault.pointer,
        fault=fault.wrong.fault,
        zh=fault.wrong.zh,
        en=fault.wrong.en,
    )
