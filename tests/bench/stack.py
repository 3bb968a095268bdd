"""The stack that is measured: durable, on free ports, out of nobody's way."""

from dataclasses import replace
from pathlib import Path

from deploy.local import choices

FOLDER = choices.FOLDER / "bench"
LIMIT = "1000000"
"""The quota is on, with a ceiling that a load of this size does not reach."""


def wanted(folder: Path) -> choices.Choices:
    """Durable, on free ports, the quota raised, and every department deciding at the desk."""
    partners = folder / "partners.toml"
    partners.write_text("")
    found = choices.from_environment(folder, "auto", durable=True)
    return replace(found, partners_file=partners, env=found.env | {"RATE_LIMIT": LIMIT})
