"""Requirements are data, and each but the customer's own is served by a check."""

import json
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import pytest

from upgrade.catalogue import catalogue
from upgrade.requirements import Qualification, RequirementsError, chosen, digest, known

ONE = '[[requirements]]\nid = "A"\ntext = "t"\nqualification = "IQ"\nsource = "s"\n'
STEPS = {
    "backup stack",
    "role",
    "maintenance",
    "template",
    "parameters",
    "storage",
    "options",
    "capability",
    "completion",
}


def written(folder: Path, text: str) -> Path:
    path = folder / "requirements.toml"
    path.write_text(text)
    return path


def test_every_step_of_the_upgrade_guide_is_a_requirement() -> None:
    assert {f"upgrade guide: {step}" for step in STEPS} <= {each.source for each in known().values()}


def test_every_requirement_but_the_customers_own_has_a_check_and_every_check_a_requirement() -> None:
    served = {id_ for info in catalogue() for id_ in info.requirements}

    assert served == {id_ for id_, each in known().items() if each.qualification is not Qualification.PQ}
    assert all(info.requirements for info in catalogue())


def test_all_is_plain_text_so_that_any_program_makes_the_same_digest() -> None:
    assert json.dumps([asdict(each) for each in known().values()], ensure_ascii=False).isascii()


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_makes_the_same_digest() -> None:
    rows = json.dumps({"requirements": [asdict(each) for each in known().values()]})

    canonical = subprocess.run(["jq", "-cjS", ".requirements"], input=rows, capture_output=True, text=True, check=True)
    told = subprocess.run(["sha256sum"], input=canonical.stdout, capture_output=True, text=True, check=True)
    assert told.stdout.split()[0] == digest(known().values())


def test_requirements_are_chosen_by_id() -> None:
    assert [each.id for each in chosen(("URS-07", "URS-01"))] == ["URS-07", "URS-01"]


def test_one_that_is_not_there_is_refused() -> None:
    with pytest.raises(RequirementsError, match=r"no requirement 'URS-999' in requirements\.toml"):
        chosen(("URS-999",))


def test_no_check_can_claim_what_is_the_customers_to_show() -> None:
    users = next(id_ for id_, each in known().items() if each.qualification is Qualification.PQ)

    with pytest.raises(RequirementsError, match="no check can claim it"):
        chosen((users,))


@pytest.mark.parametrize(
    "text",
    ["", "[[requirements]]", ONE * 2, ONE + 'more = "x"\n', ONE.replace("IQ", "XQ"), ONE.replace('"t"', '""'), "]"],
    ids=["empty", "bare", "twice", "unknown key", "unknown qualification", "no text", "no toml"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(RequirementsError, match=r"requirements\.toml"):
        known(written(tmp_path, text))


def test_a_sound_file_is_read(tmp_path: Path) -> None:
    assert known(written(tmp_path, ONE))["A"].source == "s"
