"""A check file says one thing under one name, or it is refused."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from upgrade.catalogue import (
    CatalogueError,
    CheckInfo,
    Finding,
    Outcome,
    Phase,
    Verdictless,
    catalogue,
    fail,
    not_applicable,
    warn,
)

FINDING = Finding("found", "expected", "do")


def write(root: Path, name: str, id_: str, arguments: str = "before: object", folder: str = "preflight") -> None:
    package = root / folder
    package.mkdir(parents=True, exist_ok=True)
    for init in (root / "__init__.py", package / "__init__.py"):
        init.touch()
    (package / f"{name}.py").write_text(
        "from upgrade.catalogue import Severity, check\n"
        f"@check(id={id_!r}, title='t', severity=Severity.BLOCKER, why='w', remedy='r')\n"
        f"def {name}({arguments}) -> None: ...\n"
    )


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    name = "catalogue_" + "".join(c if c.isalnum() else "_" for c in request.node.name)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / name
    for module in [m for m in sys.modules if m.startswith(name)]:
        del sys.modules[module]


def test_the_phase_comes_from_folder_and_facts(root: Path) -> None:
    write(root, "check_a", "a")
    write(root, "check_b", "b", "before: object, plan: object")
    write(root, "check_c", "c", "after: object", "postflight")

    assert [(i.id, i.phase) for i in catalogue(root)] == [
        ("a", Phase.FACTS),
        ("b", Phase.PLAN),
        ("c", Phase.POSTFLIGHT),
    ]


def test_an_empty_catalogue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no check found"):
        catalogue(tmp_path)


def test_name_and_id_must_agree(root: Path) -> None:
    write(root, "check_a", "other")

    with pytest.raises(CatalogueError, match="must agree"):
        catalogue(root)


def test_a_file_that_cannot_be_imported_is_named(root: Path) -> None:
    write(root, "check_a", "a")
    (root / "preflight" / "check_b.py").write_text("import nosuchmodule\n")

    with pytest.raises(CatalogueError, match=r"check_b\.py can't be imported.*nosuchmodule"):
        catalogue(root)


def test_a_file_without_a_check_is_refused(root: Path) -> None:
    write(root, "check_a", "a")
    (root / "preflight" / "check_b.py").write_text("def check_b() -> None: ...\n")

    with pytest.raises(CatalogueError, match="holds no function check_b"):
        catalogue(root)


def test_fail_and_warn_go_on_without_findings() -> None:
    fail([])
    warn([])


def test_fail_outranks_warn() -> None:
    with pytest.raises(Verdictless) as told:
        fail([FINDING], warnings=[FINDING])

    assert told.value.outcome is Outcome.FAIL
    assert [f.blocking for f in told.value.findings] == [True, False]


def test_warnings_alone_warn() -> None:
    with pytest.raises(Verdictless) as told:
        fail([], warnings=[FINDING])

    assert told.value.outcome is Outcome.WARN


def test_not_applicable_carries_its_proof() -> None:
    with pytest.raises(Verdictless, match="no database") as told:
        not_applicable("the stack has no database")

    assert told.value.outcome is Outcome.NOT_APPLICABLE


def declared(root: Path, says: str) -> CheckInfo:
    write(root, "check_a", "a")
    file = root / "preflight" / "check_a.py"
    file.write_text(file.read_text().replace("remedy='r'", f"remedy='r', {says}"))
    return catalogue(root)[0]


def test_requirements_are_named_by_id_and_told_in_words(root: Path) -> None:
    info = declared(root, "requirements=('URS-35', 'URS-36')")

    assert info.requirements == ("URS-35", "URS-36")
    assert info.requirement == "The certificate is valid; There is a way back"


def test_a_check_of_the_users_own_may_say_what_it_serves_in_words(root: Path) -> None:
    info = declared(root, "requirement='ACME-SOP-112'")

    assert (info.requirement, info.requirements) == ("ACME-SOP-112", ())


def test_a_requirement_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(CatalogueError, match=r"check_a\.py.*no requirement 'URS-999'"):
        declared(root, "requirements=('URS-999',)")
