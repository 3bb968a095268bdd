"""The four services' real documents: every path has its owner, and the merged page is sound."""

import ast
import base64
import inspect
import re
from itertools import pairwise
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel
from pydantic_settings import BaseSettings

import services.approval.main
import services.bundle.main
import services.catalog.main
import services.metrics.main
from gateway.policy import Policies, operations
from gateway.reference import prose, words
from gateway.reference.openapi import merge
from gateway.reference.requests import EXAMPLES
from gateway.routes import MERGED, Service, destination
from services.bundle.applications import noticeboard
from tests.gateway.test_openapi import every, operations_of, resolve

Json = dict[str, Any]
KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture(scope="module")
def documents() -> dict[Service, Json]:
    bundle = services.bundle.main.BundleSettings(
        sealing_keys=f"k1:{KEY}", index_key=KEY, uploads_url="memory:///"
    )
    approval = services.approval.main.ApprovalSettings(signing_keys=f"k1:{KEY}")
    return {
        "catalog": services.catalog.main.make().openapi(),
        "bundle": services.bundle.main.make(bundle).openapi(),
        "approval": services.approval.main.make(approval).openapi(),
        "metrics": services.metrics.main.make().openapi(),
    }


@pytest.fixture(scope="module")
def merged(documents: dict[Service, Json]) -> Json:
    return merge(documents, "https://id.example")


def test_every_documented_path_has_its_service_for_owner(
    documents: dict[Service, Json],
) -> None:
    for service, document in documents.items():
        for path, _, _ in operations(document):
            if path not in MERGED:
                filled = path.replace("{", "").replace("}", "")
                assert destination(f"/api{filled}".encode()).service == service, path


def test_nothing_is_lost_in_the_merger(documents: dict[Service, Json], merged: Json) -> None:
    for document in documents.values():
        for path, method, _ in operations(document):
            if not path.startswith("/operations/"):
                assert method in merged["paths"][f"/api{path}"]


def test_every_reference_leads_somewhere_and_every_schema_is_one(merged: Json) -> None:
    for one in every(merged):
        if isinstance(one.get("$ref"), str):
            assert resolve(merged, one["$ref"])
    for schema in merged["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own_and_a_policy(merged: Json) -> None:
    described = [operation for _, _, operation in operations_of(merged)]

    assert len({one["operationId"] for one in described}) == len(described) > 30
    assert all(one["x-roles"] for one in described)


def test_reading_the_catalogue_and_the_bundles_is_public_and_filing_is_not(
    documents: dict[Service, Json],
) -> None:
    policies = Policies()
    for service, document in documents.items():
        policies.learn(service, document)

    for path in ("/items", "/items/a", "/items/a/versions", "/departments", "/fields/a"):
        assert policies.find("catalog", "GET", path).public
    assert policies.find("bundle", "GET", "/bundles").public
    assert policies.find("bundle", "GET", "/bundles/a").public
    compositions = policies.find("bundle", "POST", "/bundles/a/compositions")
    assert compositions.roles == {"citizen", "clerk"}
    assert policies.find("bundle", "POST", "/uploads").upload
    assert policies.find("catalog", "PUT", "/items/a").roles == {"bureau"}


def test_the_page_is_divided_by_what_paths_are_about(merged: Json):
    tags = {tag for _, _, one in operations(merged) for tag in one["tags"]}

    assert {"items", "applications", "approvals", "indicators"} <= tags
    assert not tags & {name for name, _ in prose.SERVICES.values()}, "a path stands in no part"
    assert tags == {one["name"] for one in merged["tags"]}


def test_every_operation_says_in_both_languages_and_whole_sentences_what_it_does(merged: Json):
    for path, method, one in operations(merged):
        chinese, slash, english = one["summary"].partition("/ ")
        assert slash and re.search(r"[\u4e00-\u9fff]", chinese), f"{method} {path}"
        assert re.match(r"[A-Z`]", english), f"{method} {path}"
        assert not re.search(r"[.:,;。]$", one["summary"]), f"{method} {path}: {one['summary']}"
        assert not re.match(r"[a-z]", one["description"]), f"{method} {path}: cut in two"


def test_every_parameter_is_described(merged: Json):
    for path, method, one in operations(merged):
        for parameter in one.get("parameters", []):
            said = parameter.get("description") or parameter["schema"].get("description")
            assert said, f"{method} {path}: {parameter['name']}"


def test_no_word_is_kept_for_a_name_that_nothing_has(merged: Json):
    parameters = [p["name"] for _, _, one in operations(merged) for p in one.get("parameters", [])]
    schemas = merged["components"]["schemas"].values()
    properties = {name for schema in schemas for name in schema.get("properties", {})}

    assert words.PARAMETERS.keys() <= set(parameters)
    assert words.PROPERTIES.keys() <= properties


def test_every_request_has_an_example_that_fits_it(merged: Json):
    bodies = {
        f"{method} {path}": one["requestBody"]["content"]["application/json"]
        for path, method, one in operations(merged)
        if "application/json" in one.get("requestBody", {}).get("content", {})
    }

    assert bodies.keys() == EXAMPLES.keys()
    for name, body in bodies.items():
        schema = body["schema"] | {"components": merged["components"]}
        faults = list(jsonschema.Draft202012Validator(schema).iter_errors(body["example"]))
        assert not faults, f"{name}: {faults[0].message}"


def test_where_a_notice_sends_people_somebody_answers(merged: Json):
    served = {re.sub(r"\{\w+\}", "{}", path) for path in merged["paths"]}
    told = [path for _, path in noticeboard.NEXT.values()] + [noticeboard.RENEWING]

    assert {re.sub(r"\{\w+\}", "{}", path) for path in told} <= served


def test_what_is_written_under_a_property_is_on_the_page():
    """Pydantic leaves it out unless the model says so."""
    models = [m for m in _models(BaseModel) if m.__module__.startswith("services.")]
    silent = [
        f"{model.__module__}.{model.__name__}"
        for model in models
        if not issubclass(model, BaseSettings) and _explains(model) and not _tells(model)
    ]

    assert len(models) > 100
    assert silent == []


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    below = base.__subclasses__()
    return [*below, *(model for one in below for model in _models(one))]


def _tells(model: type[BaseModel]) -> bool:
    return bool(model.model_config.get("use_attribute_docstrings"))


def _explains(model: type[BaseModel]) -> bool:
    if "[" in model.__name__:
        return False  # a generic one made on the way: its source is not at hand
    [definition] = ast.parse(inspect.getsource(model).strip()).body
    assert isinstance(definition, ast.ClassDef)
    pairs = pairwise(definition.body)
    return any(isinstance(one, ast.AnnAssign) and _is_text(next_) for one, next_ in pairs)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
