"""One document made of several: nothing lost, nothing confused, everything resolvable."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

import jsonschema
import pytest
from fastapi import APIRouter, Depends, FastAPI, File, UploadFile
from pydantic import BaseModel

from gateway.policy import Policies
from gateway.reference.openapi import merge
from gateway.routes import MERGED, SERVICES
from services.chassis import operations
from services.chassis.app import declare_policies
from services.chassis.identity import ANYONE, Allow, Principal

Json = dict[str, Any]
Citizen = Annotated[Principal, Depends(Allow("citizen", "clerk"))]
Bureau = Annotated[Principal, Depends(Allow("bureau"))]


class Shared(BaseModel):
    """Means the same everywhere."""

    code: str


def catalog() -> FastAPI:
    class View(BaseModel):
        code: str

    class Page(BaseModel):
        items: list[View]

    routes = APIRouter()

    @routes.get("/items", dependencies=[ANYONE])
    async def items(q: str = "") -> Page:
        """Find items."""
        return Page(items=[])

    @routes.put("/items/{code}")
    async def publish(code: str, body: Shared, who: Bureau) -> View:
        """Publish a version."""
        return View(code=code)

    return _service("catalog", routes)


def bundle() -> FastAPI:
    class View(BaseModel):
        id: int

    class Page(BaseModel):
        items: list[View]

    routes = APIRouter()

    @routes.get("/applications")
    async def items(who: Citizen) -> Page:
        """Yours."""
        return Page(items=[])

    @routes.post("/applications", status_code=201)
    async def submit(body: Shared, who: Citizen) -> View:
        """File."""
        return View(id=1)

    @routes.post("/uploads")
    async def upload(file: Annotated[UploadFile, File()], who: Citizen) -> View:
        """Hand in a document."""
        return View(id=1)

    return _service("bundle", routes)


def _service(name: str, routes: APIRouter) -> FastAPI:
    routers = (routes, operations.router(name))
    declare_policies(routers)
    app = FastAPI(title=name)
    for router in routers:
        app.include_router(router)
    return app


@pytest.fixture(scope="module")
def documents() -> dict[Any, Json]:
    return {"catalog": catalog().openapi(), "bundle": bundle().openapi()}


@pytest.fixture(scope="module")
def merged(documents: dict[Any, Json]) -> Json:
    return merge(documents, "https://id.example")


def every(document: Any) -> Iterator[Json]:
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from every(value)
    if isinstance(document, list):
        for value in document:
            yield from every(value)


def resolve(document: Json, reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def operations_of(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_public_path_is_there_once_under_api(merged: Json) -> None:
    assert set(merged["paths"]) == {
        "/api/items",
        "/api/items/{code}",
        "/api/applications",
        "/api/uploads",
        "/api/operations/parked",
        "/api/operations/stuck",
        "/api/operations/lag",
        "/api/operations/parked/{service}/{event_id}/retry",
        "/api/operations/stuck/{service}/{event_id}/retry",
        "/api/operations/stuck/{service}/{event_id}/abandonment",
    }


def test_every_reference_leads_somewhere(merged: Json) -> None:
    references = [one["$ref"] for one in every(merged) if "$ref" in one]

    assert len(references) > 20
    for reference in references:
        assert resolve(merged, reference)


def test_a_name_with_two_meanings_becomes_two_names(merged: Json) -> None:
    names = set(merged["components"]["schemas"])

    assert {"catalog_View", "bundle_View", "catalog_Page", "bundle_Page", "Shared"} <= names
    assert not {"View", "Page", "HTTPValidationError", "ValidationError"} & names
    page = merged["components"]["schemas"]["bundle_Page"]
    assert page["properties"]["items"]["items"]["$ref"].endswith("/bundle_View")


def test_operation_ids_are_unique(merged: Json) -> None:
    identities = [operation["operationId"] for _, _, operation in operations_of(merged)]

    assert len(set(identities)) == len(identities)


def test_path_parameters_are_declared(merged: Json) -> None:
    for path, _, operation in operations_of(merged):
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == {part.strip("{}") for part in path.split("/") if part.startswith("{")}


def test_every_operation_says_who_may_and_what_can_go_wrong(merged: Json) -> None:
    for _, _, operation in operations_of(merged):
        assert operation["x-roles"]
        assert "角色" in operation["description"]
        assert {"429", "503", "default"} <= set(operation["responses"])
        assert ("401" in operation["responses"]) == bool(operation["security"])
    assert merged["paths"]["/api/items"]["get"]["security"] == []
    assert merged["paths"]["/api/applications"]["get"]["security"] == [{"oidc": []}]


def test_every_tag_is_described(merged: Json) -> None:
    described = {tag["name"] for tag in merged["tags"]}

    assert {tag for _, _, one in operations_of(merged) for tag in one["tags"]} <= described


def test_every_schema_is_a_schema(merged: Json) -> None:
    for schema in merged["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_fixed_fields_of_openapi_are_right(merged: Json) -> None:
    """What the specification requires of each object; its own schema is not at hand offline."""
    assert merged["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(merged["info"])
    for _, _, operation in operations_of(merged):
        for code, answer in operation["responses"].items():
            assert code == "default" or 100 <= int(code) < 600
            assert set(answer) == {"$ref"} or "description" in answer
        for parameter in operation.get("parameters", []):
            assert parameter["in"] in ("path", "query", "header", "cookie")
            assert parameter["in"] != "path" or parameter["required"]
            assert ("schema" in parameter) != ("content" in parameter)
        for scheme in operation["security"]:
            assert set(scheme) <= set(merged["components"]["securitySchemes"])


def test_a_service_not_heard_of_yet_is_named(documents: dict[Any, Json]) -> None:
    nothing = merge({}, "https://id.example")
    some = merge(documents, "https://id.example")

    assert "catalog, bundle, approval, metrics" in nothing["info"]["description"]
    assert "not loaded yet: approval, metrics" in some["info"]["description"]
    assert set(nothing["paths"]) == {f"/api{path}" for path in MERGED}


def test_merging_leaves_the_services_documents_as_they_are(documents: dict[Any, Json]) -> None:
    before = json.dumps(documents)
    merge(documents, "https://id.example")

    assert json.dumps(documents) == before


def test_policies_follow_from_the_same_documents(documents: dict[Any, Json]) -> None:
    policies = Policies()
    for service, document in documents.items():
        policies.learn(service, document)

    assert policies.find("catalog", "GET", "/items").public
    assert policies.find("catalog", "PUT", "/items/a").roles == {"bureau"}
    assert policies.find("bundle", "POST", "/applications").roles == {"citizen", "clerk"}
    assert policies.find("bundle", "POST", "/uploads").upload is True
    assert policies.find("bundle", "POST", "/applications").upload is False
    assert policies.find("bundle", "DELETE", "/applications").roles == frozenset()
    assert policies.find("approval", "GET", "/approvals").upload is None
    for service in SERVICES:
        assert not policies.find(service, "GET", "/nothing").public


def test_a_literal_segment_goes_before_a_variable_one() -> None:
    policies = Policies()
    get = {"x-roles": ["public"]}
    paths = {
        "/items/{code}": {"get": get},
        "/items/imports": {"post": {"x-roles": ["bureau"]}},
        "/items/imports/{id}/rows": {"get": {"x-roles": ["bureau"]}},
        "/items/{code}/versions": {"get": get},
    }
    policies.learn("catalog", {"paths": paths})

    assert policies.find("catalog", "POST", "/items/imports").roles == {"bureau"}
    assert policies.find("catalog", "GET", "/items/imports").public
    assert policies.find("catalog", "GET", "/items/imports/versions").public
    assert not policies.find("catalog", "GET", "/items/a/rows").public
