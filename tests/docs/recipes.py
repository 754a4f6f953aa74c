"""The recipes of docs/ci, read as their systems read them, and just enough of each system to run their shell.

What fetches and installs is left out (`FETCHES`): the workspace holds a checkout already.
"""

import os
import re
import shutil
import string
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.acceptance.checkout import copied
from tests.acceptance.gate import CHECKOUT, LIMIT, Run

FOLDER = CHECKOUT / "docs" / "ci"
UPGRADE, NIGHTLY = "github-actions-upgrade.yml", "github-actions-nightly.yml"
GITLAB, JENKINS, CODEBUILD = "gitlab-ci.yml", "Jenkinsfile", "buildspec.yml"
RECIPES = (UPGRADE, NIGHTLY, GITLAB, JENKINS, CODEBUILD)

FETCHES = re.compile(r"git clone|pip install")
INPUTS = {"STACK": "demo", "TARGET": "v4.1.0", "CHANGE_ID": "CHG-1; exit 0"}
"""What somebody types; a shell that got the last one as text of its script would obey it."""


# ---- reading ---------------------------------------------------------------------------------------------------------


def text(recipe: str) -> str:
    return (FOLDER / recipe).read_text(encoding="utf-8")


def document(recipe: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(text(recipe))
    return read


def gitlab_job(name: str) -> dict[str, Any]:
    """A job with what it extends."""
    whole = document(GITLAB)
    job: dict[str, Any] = whole[name]
    return {**whole[job["extends"]], **job}


def jenkins_stages() -> dict[str, list[str]]:
    """By stage, what Groovy hands to the shell: it joins lines that end in a backslash."""
    _, *parts = re.split(r"\bstage\('(\w+)'\)", text(JENKINS))
    found = [re.findall(r"\bsh '''(.*?)'''", part, re.DOTALL) for part in parts[1::2]]
    joined = [[block.replace("\\\n", "") for block in blocks] for blocks in found]
    return dict(zip(parts[::2], joined, strict=True))


def shell_blocks(recipe: str) -> list[str]:
    """Every piece of shell in a recipe."""
    if recipe == JENKINS:
        return [block for blocks in jenkins_stages().values() for block in blocks]
    if recipe == GITLAB:
        jobs = [gitlab_job(name) for name in ("plan", "upgrade")]
        return ["\n".join([*job["before_script"], *job["script"]]) for job in jobs]
    if recipe == CODEBUILD:
        phases = document(recipe)["phases"].values()
        return [command for phase in phases for command in [*phase["commands"], *phase.get("finally", ())]]
    return [step["run"] for job in document(recipe)["jobs"].values() for step in job["steps"] if "run" in step]


# ---- running ---------------------------------------------------------------------------------------------------------


@dataclass
class Place:
    """A workspace: the company's repository, with Plimsoll's checkout in a folder of its own."""

    root: Path
    sandbox: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        copied(self.root).rename(self.root / "plimsoll")
        (self.root / "stacks.toml").write_text("# demo is not in it: a sandbox has its own\n")

    def run(self, shell: Iterable[str], script: str, environment: Mapping[str, str], cwd: str = ".") -> tuple[int, str]:
        """Run a script out of a file, as CI systems do; its exit code and what it said."""
        file = self.root / "script"
        file.write_text(script)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PYTEST_", "PLIMSOLL_"))}
        ours = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.root / "plimsoll"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        finished = subprocess.run(
            [*shell, str(file)],
            cwd=self.root / cwd,
            env={**kept, **ours, **self.sandbox, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        return finished.returncode, finished.stdout


def gitlab(place: Place, name: str) -> Run:
    """Run a job: one shell for before_script and script."""
    given = {key: str(value["value"]) for key, value in document(GITLAB)["variables"].items()}
    known = {**given, **INPUTS, "CI_PROJECT_DIR": str(place.root), "CI_PIPELINE_ID": "7", "AWS_ID_TOKEN": "token"}
    job = gitlab_job(name)
    own = {key: string.Template(value).safe_substitute(known) for key, value in job["variables"].items()}
    lines = [line for line in [*job["before_script"], *job["script"]] if not FETCHES.search(line)]
    code, output = place.run(["bash", "-eo", "pipefail"], "\n".join(lines), known | own)
    return Run(code, output, Path(own["EVIDENCE"]))


def jenkins(place: Place, stage: str) -> Run:
    """Run a stage: each `sh` is a shell of its own, and the first that fails is the last."""
    known = {**INPUTS, "WORKSPACE": str(place.root)}
    code, output = 0, ""
    for block in jenkins_stages()[stage]:
        if code == 0 and not FETCHES.search(block):
            code, said = place.run(["sh", "-xe"], block, known)
            output += said
    return Run(code, output, place.root / "evidence" / stage.lower())


def codebuild(place: Place, step: str, bucket: str) -> Run:
    """Run a build: one shell for all commands of a phase, the first that fails is the last, then `finally`."""
    spec = document(CODEBUILD)
    assert spec["env"]["shell"] == "bash"
    folder = place.root / f"build-{step}"
    folder.mkdir()
    for part in ("plimsoll", "stacks.toml"):
        (folder / part).symlink_to(place.root / part)
    known = {
        **spec["env"]["variables"],
        **INPUTS,
        "STEP": step,
        "EVIDENCE_BUCKET": bucket,
        "CODEBUILD_BUILD_ID": f"project:{step}",
        "CODEBUILD_SRC_DIR": str(folder),
        "CODEBUILD_SRC_DIR_plan": str(place.root / "build-plan" / spec["artifacts"]["base-directory"]),
    }
    build = spec["phases"]["build"]
    commands = "\n".join(f"[ $code = 0 ] && {{\n{command}\n}} || code=1" for command in build["commands"])
    code, output = place.run(["bash"], "\n".join(["code=0", commands, *build["finally"], "exit $code"]), known)
    return Run(code, output, folder / spec["artifacts"]["base-directory"])


def substituted(template: str, contexts: Mapping[str, Any]) -> str:
    """The text with each `${{ a.b.c }}` looked up; nothing but names is understood."""

    def value(match: re.Match[str]) -> str:
        found: Any = contexts
        for name in match[1].split("."):
            found = found[name]
        return str(found)

    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, template)


@dataclass
class GitHub:
    """A workflow of GitHub Actions on a runner of ours."""

    recipe: str
    place: Place
    output: str = ""
    codes: dict[str, int] = field(default_factory=dict)
    """What each step ended in that ran, by its name."""
    needs: dict[str, Any] = field(default_factory=dict)
    artifacts: list[Path] = field(default_factory=list)

    def starts(self, name: str) -> bool:
        """Whether the job's condition on what another job told holds."""
        condition = re.fullmatch(
            r"needs\.(\w+)\.outputs\.(\w+) != ''", document(self.recipe)["jobs"][name].get("if", "")
        )
        assert condition is not None
        return bool(self.needs[condition[1]]["outputs"][condition[2]])

    def job(self, name: str, edit: Callable[[str], str] = lambda script: script) -> Run:
        """Run a job; its code is 1 if a step failed. What a step runs may be edited before."""
        workflow = document(self.recipe)
        job = workflow["jobs"][name]
        temp = self.place.root / f"temp-{name}"
        temp.mkdir()
        steps: dict[str, Any] = defaultdict(lambda: {"outputs": defaultdict(str)})
        contexts = {
            "inputs": {key.lower(): value for key, value in INPUTS.items()},
            "matrix": {"stack": "demo"},
            "vars": defaultdict(str),
            "github": {"run_attempt": 1},
            "runner": {"temp": temp},
            "needs": self.needs,
            "steps": steps,
        }
        contexts["env"] = environment = {
            key: substituted(str(value), contexts)
            for key, value in {**workflow.get("env", {}), **job.get("env", {})}.items()
        }
        green = True
        for step in job["steps"]:
            if not green and step.get("if") != "always()":
                continue
            if "uses" in step:
                steps[step.get("id")]["outputs"]["artifact-id"] = self._use(step, contexts)
            elif not FETCHES.search(step["run"]):
                own = {key: substituted(value, contexts) for key, value in step.get("env", {}).items()}
                self.codes[step["name"]] = code = self._run(edit(step["run"]), environment | own, temp)
                steps[step.get("id")]["outputs"] |= _assignments(temp / "output")
                environment |= _assignments(temp / "env")
                green = green and code == 0
        told = {key: substituted(value, contexts) for key, value in job.get("outputs", {}).items()}
        self.needs[name] = {"outputs": told}
        return Run(0 if green else 1, self.output, temp / "evidence")

    def _use(self, step: Mapping[str, Any], contexts: Mapping[str, Any]) -> str:
        """What an action does, as far as the next step sees it."""
        action, given = step["uses"].partition("@")[0], step["with"]
        wanted = {key: substituted(str(value), contexts) for key, value in given.items()}
        if action == "actions/upload-artifact":
            kept = self.place.root / f"artifact-{len(self.artifacts)}"
            if Path(wanted["path"]).exists():
                shutil.copytree(wanted["path"], kept)
            self.artifacts.append(kept)
            return str(len(self.artifacts) - 1)
        if action == "actions/download-artifact":
            shutil.copytree(self.artifacts[int(wanted["artifact-ids"])], wanted["path"])
        elif action == "aws-actions/configure-aws-credentials":
            contexts["env"]["AWS_SESSION_TOKEN"] = "token"
        else:
            assert action in {"actions/checkout", "actions/setup-python"}
        return ""

    def _run(self, script: str, environment: Mapping[str, str], temp: Path) -> int:
        files = {name: temp / name for name in ("output", "env", "summary")}
        for file in files.values():
            file.touch()
        defaults = document(self.recipe)["defaults"]["run"]
        assert defaults["shell"] == "bash"
        code, output = self.place.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
            script,
            {
                **environment,
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.place.root),
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_ENV": str(files["env"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                "RUNNER_TEMP": str(temp),
            },
            cwd=defaults["working-directory"],
        )
        self.output += output
        return code


def _assignments(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())
