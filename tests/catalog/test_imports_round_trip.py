"""What goes out comes back in: any records at all, and the whole example district."""

from typing import Any, get_args, get_origin

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from services.catalog.imports import judging
from services.catalog.imports.rules.cells import tidy
from services.catalog.imports.rules.sheets import SYSTEMS
from services.catalog.imports.writing import Registry, write_workbook
from services.contracts import ItemDefinition

NOTHING = Registry([], [], [])
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00\r\ufffe\uffff")
CODES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
SPOKEN = st.text(st.sampled_from("餐=+-@\t \n'\"&<>_x000D_0１.5，、"), max_size=8)


def one_of_its_own(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Any record of the model, each element drawn from what its annotation allows."""
    return st.fixed_dictionaries(
        {name: value(info, info.annotation) for name, info in model.model_fields.items()}
    )


def value(info: FieldInfo, annotation: Any) -> st.SearchStrategy[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return one_of_its_own(annotation)
    arguments = get_args(annotation)
    if type(None) in arguments:
        [inner] = [one for one in arguments if one is not type(None)]
        return st.none() | value(info, inner).filter(lambda one: one != "")  # refused elsewhere
    if get_origin(annotation) is tuple:
        return several(info, arguments[0])
    if arguments and isinstance(arguments[0], str):
        return st.sampled_from(arguments)
    if arguments:  # Annotated
        return CODES
    return plain(info, annotation)


def several(info: FieldInfo, inner: Any) -> st.SearchStrategy[list[Any]]:
    fewest = 0 if info.default == () else 1
    if get_args(inner) and isinstance(get_args(inner)[0], str):
        return st.lists(st.sampled_from(get_args(inner)), min_size=fewest, unique=True)
    if inner is str:
        lines = st.text(CHARACTERS.filter(lambda one: one != "\n"), min_size=1, max_size=5)
        return st.lists(lines.map(tidy).filter(bool), max_size=3)
    return st.lists(value(info, inner), min_size=fewest, max_size=3)


def plain(info: FieldInfo, annotation: Any) -> st.SearchStrategy[Any]:
    if any(getattr(one, "pattern", None) for one in info.metadata):
        return CODES
    limits = {type(one).__name__: one for one in info.metadata}
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        low, high = limits["Ge"].ge, limits.get("Le")
        return st.integers(low, high.le if high else 10**9)
    if annotation is float:
        return st.integers(1, 10_000).map(lambda part: part / 10_000)  # Excel keeps 15 digits
    least = limits["MinLen"].min_length if "MinLen" in limits else 0
    texts = (SPOKEN | st.text(CHARACTERS, max_size=6)).map(tidy)
    return texts.filter(lambda text: len(text) >= least)


@st.composite
def records(draw: Any) -> dict[str, Any]:
    record = draw(one_of_its_own(ItemDefinition))
    record["kind"] = draw(st.sampled_from(["01", "10", "20"]))
    record["region"] = draw(st.sampled_from(["430703", "0430", "CN-43"]))
    for one in record["codes"]:
        one["system"] = draw(st.sampled_from([*SYSTEMS, "other"]))
        one["value"] = draw(st.sampled_from(["007", "=1+1", "AB-1", "1e5"]))
    return ItemDefinition.model_validate(record).model_dump(mode="json")


@settings(max_examples=25, deadline=None)
@given(st.lists(records(), min_size=1, max_size=3))
def test_any_record_comes_back_as_it_went_out(made: list[dict[str, Any]]):
    items = [(f"item-{number}", record) for number, record in enumerate(made)]

    said = judging.read(write_workbook(items, NOTHING), None)
    proposal = judging.propose(said, {})

    assert proposal.faults == []
    for code, record in items:
        came = proposal.records[code]
        differing = {
            name: (came[name], record[name]) for name in record if came[name] != record[name]
        }
        assert differing == {}
