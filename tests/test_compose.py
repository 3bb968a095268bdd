"""docker-compose.yml against the compose schema, and against what it names in this repository."""

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import yaml

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES = ("catalog", "bundle", "approval", "metrics")


def test_the_file_is_right_by_the_compose_schema():
    found = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(found.read_text())

    jsonschema.Draft7Validator.check_schema(schema)
    faults = [e.message for e in jsonschema.Draft7Validator(schema).iter_errors(COMPOSE)]

    assert faults == []


def test_three_nats_nodes_keep_three_copies_and_sync_each_write():
    nodes = [name for name in COMPOSE["services"] if name.startswith("nats-")]
    config = (ROOT / "deploy" / "nats" / "cluster.conf").read_text()

    assert len(nodes) == 3
    assert COMPOSE["services"]["streams"]["environment"]["NATS_REPLICAS"] == "3"
    assert "sync_interval: always" in config


def test_every_dependency_volume_and_mounted_file_exists():
    for service in COMPOSE["services"].values():
        for needed in service.get("depends_on", {}):
            assert needed in COMPOSE["services"]
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            known = source in COMPOSE["volumes"] or (ROOT / source).exists()
            assert known, f"{source} is neither a volume nor a file"


def test_every_variable_is_told_in_the_example_environment():
    told = (ROOT / ".env.example").read_text()

    for name in set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT)):
        assert re.search(rf"^#?{name}=", told, re.MULTILINE), f"{name} is not in .env.example"


def test_an_image_holds_one_service_and_no_neighbour():
    recipe = (ROOT / "deploy" / "Dockerfile").read_text()
    stages = dict(re.findall(r"FROM \S+ AS (\w+)\n(.*?)(?=\nFROM|\Z)", recipe, re.DOTALL))

    assert "COPY services/${SERVICE} services/${SERVICE}" in stages["service"]
    for stage, text in stages.items():
        for service in SERVICES:
            assert f"services/{service}" not in text, f"{stage} names {service}"
    built = {COMPOSE["services"][name]["build"]["args"]["SERVICE"] for name in SERVICES}
    assert built == set(SERVICES)
