"""The mutants still fit the source they break."""

import shutil
from pathlib import Path

import pytest

from deploy.local.choices import ROOT
from tests.faults.mutants import MUTANTS, DoesNotFit, Patch


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_fits_the_present_source_and_is_still_python(name: str, tmp_path: Path) -> None:
    files = {patch.file for patch in MUTANTS[name].patches}
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    for patch in MUTANTS[name].patches:
        patch.apply(tmp_path)
    for file in files:
        compile((tmp_path / file).read_text(), file, "exec")


def test_a_patch_that_no_longer_fits_says_so(tmp_path: Path) -> None:
    (tmp_path / "source.py").write_text("after = 1\n")
    with pytest.raises(DoesNotFit, match="found 0 times"):
        Patch("source.py", "before", "broken").apply(tmp_path)
