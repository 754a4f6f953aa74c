"""The recipes for CI systems: valid by their systems' schemas, true to the code, and run as far as that goes without them.

No service runs a recipe here. What its system would do around the shell is told in tests/docs/recipes.py.
"""

import itertools
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from tests.acceptance.gate import Run
from tests.acceptance.standing import standing
from tests.docs import recipes
from tests.docs.recipes import CODEBUILD, FOLDER, GITLAB, JENKINS, NIGHTLY, RECIPES, UPGRADE, GitHub, Place
from upgrade.config.entry import StackEntry
from upgrade.gate import options
from upgrade.gate.decision import EXIT_CODES, NO_EVIDENCE
from upgrade.gate.mode import Verdict
from upgrade.rules import bound

README = (FOLDER / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"^```sh\n(.*?)\n```", README, re.DOTALL | re.MULTILINE)
LOOK, WHERE = (snippet.partition(' "$EVIDENCE')[0] for snippet in SNIPPETS)
"""How the two lines of every recipe begin: the one that looks at `latest.json`, and the one that says where the plan is."""


def words(text: str) -> str:
    """The text without its line breaks."""
    return re.sub(r"\s+", " ", text.replace("\\\n", " "))


# ---- linted ----------------------------------------------------------------------------------------------------------


def checked(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        ("vendor.github-workflows", (UPGRADE, NIGHTLY)),
        ("custom.github-workflows-require-timeout", (UPGRADE, NIGHTLY)),
        ("vendor.gitlab-ci", (GITLAB,)),
    ],
)
def test_a_recipe_is_valid_by_the_schema_of_its_system(schema: str, names: tuple[str, ...]) -> None:
    found = checked(schema, *(FOLDER / name for name in names))

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("schema", "name", "keyword"),
    [("vendor.github-workflows", UPGRADE, "runs-on"), ("vendor.gitlab-ci", GITLAB, "resource_group")],
)
def test_the_schema_would_find_a_keyword_that_is_none(schema: str, name: str, keyword: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(recipes.text(name).replace(f"{keyword}:", f"{keyword}s:"))

    assert checked(schema, tmp_path / name).returncode == 1


@pytest.mark.skipif(shutil.which("zizmor") is None, reason="zizmor is not installed")
def test_the_workflows_have_no_known_weakness() -> None:
    config = Path(__file__).with_name("zizmor.yml")
    files = [str(FOLDER / name) for name in (UPGRADE, NIGHTLY)]
    found = subprocess.run(
        ["zizmor", "--offline", "--no-progress", "--config", str(config), *files],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_shell_block_is_shell(recipe: str) -> None:
    for block in recipes.shell_blocks(recipe):
        found = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, timeout=60, check=False)
        assert (found.returncode, found.stderr) == (0, ""), block


def test_the_jenkinsfile_has_declarative_sections_in_their_places() -> None:
    sections = {
        "file": {"pipeline"},
        "pipeline": {"agent", "parameters", "options", "stages"},
        "stages": {"stage"},
        "stage": {"agent", "options", "steps", "post"},
        "post": {"always"},
    }
    places, brackets, last = ["file"], {"(": ")", "[": "]", "{": "}"}, ""
    closing: list[str] = []
    tokens = re.compile(r"//[^\n]*|'''.*?'''|'[^'\n]*'|\"[^\"\n]*\"|^ *(\w+)|([][(){}])", re.DOTALL | re.MULTILINE)
    for word, bracket in tokens.findall(recipes.text(JENKINS)):
        if word:
            assert word in sections.get(places[-1], {word}), f"{word} in {places[-1]}"
            last = word
        elif bracket in brackets:
            places.append(last if bracket == "{" else bracket)
            closing.append(brackets[bracket])
        elif bracket:
            places.pop()
            assert closing.pop() == bracket
    assert places == ["file"]


def test_the_buildspec_has_the_keys_of_version_0_2() -> None:
    spec = recipes.document(CODEBUILD)

    assert spec.keys() <= {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"}
    assert spec["env"].keys() <= {"shell", "variables", "parameter-store", "exported-variables", "secrets-manager"}
    assert spec["phases"].keys() <= {"install", "pre_build", "build", "post_build"}
    for phase in spec["phases"].values():
        assert phase.keys() <= {"run-as", "on-failure", "runtime-versions", "commands", "finally"}
    assert spec["artifacts"].keys() <= {"files", "name", "discard-paths", "base-directory", "secondary-artifacts"}
    (report,) = spec["reports"].values()
    assert report["file-format"] == "JUNITXML"
    assert report.keys() <= {"files", "base-directory", "discard-paths", "file-format"}


# ---- true to the code ------------------------------------------------------------------------------------------------


class Names:
    """Stands for pytest's parser: hears which options there are."""

    def __init__(self) -> None:
        self.all: set[str] = set()

    def getgroup(self, *_: str) -> "Names":
        return self

    def addoption(self, name: str, **_: object) -> None:
        self.all.add(name)


def known_options() -> set[str]:
    names = Names()
    options.add(cast("pytest.Parser", names))
    return names.all


def gates(recipe: str) -> list[list[str]]:
    """The options of every `pytest` in a recipe."""
    found = []
    for block in recipes.shell_blocks(recipe):
        tokens = shlex.split(block.replace("\\\n", " "), comments=True)
        for start in (number for number, token in enumerate(tokens, 1) if token == "pytest"):
            found += [list(itertools.takewhile(lambda token: token.startswith("--"), tokens[start:]))]
    return found


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_option_exists_and_has_its_value_behind_an_equals_sign(recipe: str) -> None:
    found = gates(recipe)

    assert found
    for arguments in found:
        names = {argument.partition("=")[0] for argument in arguments}
        assert names <= known_options()
        assert names >= {"--stack", "--stacks-file", "--evidence"}
        assert {each for each in arguments if "=" not in each} <= {"--ahead", "--upgrade", "--read-only"}


def test_every_option_that_the_page_names_exists() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))

    assert named - {"--version", "--key"} <= known_options()


def test_the_table_has_every_exit_code_and_its_verdicts() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \| (.+?) \|", README, re.MULTILINE)
    table = {int(code): set(re.findall("`(.+?)`", verdicts)) for codes, verdicts in rows for code in codes.split(",")}

    assert table.keys() == {4, NO_EVIDENCE, 129, 143, *EXIT_CODES.values()}
    assert {Verdict(name): code for code, names in table.items() for name in names if code <= 128} == {
        verdict: code for verdict, code in EXIT_CODES.items() if code <= 128
    }
    assert table[129] == table[130] == table[143] == {Verdict.INTERRUPTED}


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_looks_at_what_the_run_left(recipe: str) -> None:
    said = words("\n".join(recipes.shell_blocks(recipe)))

    assert said.count(words(LOOK)) == (1 if recipe in {CODEBUILD, NIGHTLY} else 2)
    assert (words(WHERE) in said) == (recipe in {GITLAB, JENKINS, CODEBUILD})


def test_a_job_may_take_longer_than_an_upgrade() -> None:
    """In minutes, with what stacks.toml has by default; and a session may be as long as its job."""
    needed = sum(StackEntry.model_fields[name].default for name in ("minutes", "health_minutes"))
    job = recipes.document(UPGRADE)["jobs"]["upgrade"]
    ((hours, minutes),) = re.findall(r"^(\d+) hours (\d+) minutes$", recipes.gitlab_job("upgrade")["timeout"])
    _, in_jenkins = re.findall(r"timeout\(time: (\d+), unit: 'MINUTES'\)", recipes.text(JENKINS))
    (in_codebuild,) = re.findall(r"TimeoutInMinutes (\d+)", recipes.text(CODEBUILD))

    assert min(job["timeout-minutes"], 60 * int(hours) + int(minutes), int(in_jenkins), int(in_codebuild)) > needed
    assert job["env"]["SESSION_SECONDS"] == 60 * job["timeout-minutes"]


@pytest.mark.parametrize("recipe", [UPGRADE, NIGHTLY])
def test_no_shell_stands_between_github_and_the_gate(recipe: str) -> None:
    runs = [block for block in recipes.shell_blocks(recipe) if "pytest" in block]

    assert runs
    assert all(block.startswith("exec pytest ") and "\n" not in block for block in runs)


# ---- the line that looks ---------------------------------------------------------------------------------------------


def looked(evidence: Path, wanted: str) -> int:
    script = f'EVIDENCE="$1"\n{LOOK} "$EVIDENCE/latest.json" {wanted}'
    command = ["bash", "-euc", script, "bash", str(evidence)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


@pytest.mark.parametrize(
    "told",
    [
        None,
        {"run": "r", "verdict": None, "exit_code": None},
        {"run": "r", "verdict": "NO_GO", "exit_code": 10},
        {"run": "r", "verdict": "GO", "exit_code": 0},
        {"run": "r", "verdict": "UPGRADED", "exit_code": 40},
    ],
    ids=["never begun", "never ended", "not allowed", "something else", "another exit code"],
)
def test_what_is_no_success_is_seen(told: object, tmp_path: Path) -> None:
    if told is not None:
        (tmp_path / "latest.json").write_text(json.dumps(told))

    assert looked(tmp_path, "UPGRADED") == 1


def test_a_success_is_seen(tmp_path: Path) -> None:
    (tmp_path / "latest.json").write_text(json.dumps({"run": "r", "verdict": "UPGRADED", "exit_code": 0}))

    assert looked(tmp_path, "UPGRADED") == 0
    assert looked(tmp_path, "PLANNED UPGRADED") == 0


def test_a_gate_that_never_ran_is_seen_although_it_ended_in_0(tmp_path: Path) -> None:
    github = GitHub(NIGHTLY, Place(tmp_path))

    run = github.job("read-only", edit=lambda script: script.replace("--stack=", "--version --stack="))

    assert github.codes == {"Judge": 0, "Look at latest.json": 1, "Verify the evidence": 4}, run.output
    assert run.code == 1


# ---- run -------------------------------------------------------------------------------------------------------------


def in_github(place: Place) -> tuple[Run, Run]:
    workflow = GitHub(UPGRADE, place)
    planned = workflow.job("plan")
    assert workflow.starts("upgrade"), planned.output
    told = workflow.needs["plan"]["outputs"]
    assert told["sha256"] == bound.load(planned.evidence / told["plan"])[1]
    upgraded = workflow.job("upgrade")
    assert upgraded.record["before"]["credentials"]["value"]["expires"] is not None
    return planned, upgraded


def in_gitlab(place: Place) -> tuple[Run, Run]:
    return recipes.gitlab(place, "plan"), recipes.gitlab(place, "upgrade")


def in_jenkins(place: Place) -> tuple[Run, Run]:
    return recipes.jenkins(place, "Plan"), recipes.jenkins(place, "Upgrade")


def in_codebuild(place: Place) -> tuple[Run, Run]:
    bucket = s3(place.sandbox).Bucket("plimsoll-evidence")
    bucket.create()
    runs = recipes.codebuild(place, "plan", bucket.name), recipes.codebuild(place, "upgrade", bucket.name)
    kept = {each.key for each in bucket.objects.all()}
    assert {"plan/latest.json", f"upgrade/{runs[1].latest['report']}"} <= kept
    return runs


def s3(environment: Mapping[str, str]) -> Any:
    return boto3.resource(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.mark.parametrize("run", [in_github, in_gitlab, in_jenkins, in_codebuild])
def test_a_recipe_plans_and_executes_that_plan(run: Callable[[Place], tuple[Run, Run]], tmp_path: Path) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        planned, upgraded = run(Place(tmp_path, sandbox.environment))
        operations = sandbox.operations()

    assert (planned.code, planned.latest["verdict"]) == (0, "PLANNED"), planned.output
    assert (upgraded.code, upgraded.latest["verdict"]) == (0, "UPGRADED"), upgraded.output
    assert [each for each in operations if each in {"CreateChangeSet", "ExecuteChangeSet"}] == [
        "CreateChangeSet",
        "ExecuteChangeSet",
    ]
    for each in (planned, upgraded):
        assert f"--change-id={recipes.INPUTS['CHANGE_ID']}" in each.record["run"]["command"]


def test_where_nothing_is_to_do_nothing_is_executed(tmp_path: Path) -> None:
    """Neither where the job that executes is not started, nor where somebody starts it all the same."""
    with standing(tmp_path, "nothing-to-do") as sandbox:
        place = Place(tmp_path, sandbox.environment)
        planned, started = in_jenkins(place)
        workflow = GitHub(UPGRADE, place)
        workflow.job("plan")
        operations = sandbox.operations()

    assert (planned.code, planned.latest["verdict"]) == (0, "NOTHING_TO_DO"), planned.output
    assert started.code == 4, started.output
    assert not workflow.starts("upgrade")
    assert "ExecuteChangeSet" not in operations


def test_a_good_night_is_green_and_changes_nothing(tmp_path: Path) -> None:
    with standing(tmp_path, "healthy") as sandbox:
        run = GitHub(NIGHTLY, Place(tmp_path, sandbox.environment)).job("read-only")
        changes = set(sandbox.mutations())

    assert (run.code, run.latest["verdict"]) == (0, "GO"), run.output
    assert changes <= {"DetectStackDrift"}


def test_a_bad_night_is_red_and_keeps_its_evidence(tmp_path: Path) -> None:
    with standing(tmp_path, "role-outdated") as sandbox:
        github = GitHub(NIGHTLY, Place(tmp_path, sandbox.environment))
        run = github.job("read-only")

    assert github.codes == {"Judge": 10, "Look at latest.json": 1, "Verify the evidence": 0}, run.output
    (kept,) = github.artifacts
    assert json.loads((kept / "latest.json").read_text())["verdict"] == "NO_GO"
