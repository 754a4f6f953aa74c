"""The functions behind the custom resources that the plan touches can be called.

CloudFormation waits an hour for an answer, an hour again when it rolls back, and then gives up. An idle function
(`Inactive`) is woken by the call, which Lambda repeats; a runtime whose support has ended still runs.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from collections.abc import Iterator

from upgrade.catalogue import Finding, Severity, cannot_tell, check, fail, not_applicable, warn
from upgrade.facts.changes import Plan
from upgrade.facts.functions import Function, Functions
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.custom import MADE_HERE, answering, is_custom, is_topic
from upgrade.rules.relevance import by_relevance
from upgrade.template.functions import Unresolved

IDLE = "Inactive"
CALLABLE = ("Active", IDLE)
ASK = "make sure by hand that it answers"

Answer = tuple[str, str | Unresolved]
"""Logical id of a custom resource, and who answers it."""


@check(
    id="custom-resources-can-answer",
    title="The functions behind custom resources can be called",
    severity=Severity.BLOCKER,
    why="A custom resource that nobody answers holds the update up for an hour, fails it, and then holds up the rollback.",
    remedy="Bring the function back into a state in which it can be called.",
    requirements=("URS-29",),
    references=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html",
    ),
)
def check_custom_resources_can_answer(before: Snapshot, plan: Fact[Plan]) -> None:
    answers, functions = _answers(before, plan.value), before.functions.value
    unseen = [each for each in plan.value.changes if is_custom(each.type) and each.logical_id not in dict(answers)]
    if not answers and not unseen:
        not_applicable("neither template has a custom resource")
    stops, told = by_relevance(_stops(answers, functions), plan.value)
    doubts, _ = by_relevance(_doubts(answers, functions), plan.value)
    remarks, _ = by_relevance(_remarks(answers, functions), plan.value)
    told += [
        *remarks,
        *(
            _finding(each.logical_id, "", "is answered by a function that the template does not tell", ASK)
            for each in unseen
        ),
    ]
    if stops:
        fail(stops, [*doubts, *told])
    cannot_tell(doubts)
    warn(told)


def _answers(before: Snapshot, plan: Plan) -> list[Answer]:
    """Who answers each custom resource of either template: a removed one is answered as the deployed one says."""
    stack, resources = before.stack.value, before.resources.value
    live = answering(before.template.value, stack.parameters, stack.arn, resources)
    planned = answering(before.target.value, plan.parameters, stack.arn, resources)
    return list(dict.fromkeys([*live.items(), *planned.items()]))


def _stops(answers: list[Answer], functions: Functions) -> Iterator[Finding]:
    for name, token in answers:
        match functions.get(str(token)):
            case Unknown(Reason.NOT_FOUND):
                yield _finding(
                    name, str(token), f"is answered by function {token}, which does not exist", "restore the function"
                )
            case Known(function):
                yield from (_finding(name, function.arn, *problem) for problem in _problems(function))


def _problems(function: Function) -> Iterator[tuple[str, str]]:
    if function.state not in CALLABLE:
        why = f": {function.reason}" if function.reason else ""
        yield (
            f"is answered by function {_short(function)}, which is {function.state}{why}",
            "correct what Lambda names as the reason",
        )
    if function.reserved == 0:
        yield (
            f"is answered by function {_short(function)}, whose reserved concurrency is 0: it never runs",
            "give the function reserved concurrency, or take the reservation away",
        )
    if function.runtime_error:
        problem = f"is answered by function {_short(function)}, whose runtime {function.runtime} is blocked: {function.runtime_error}"
        yield problem, "give the function another runtime"


def _short(function: Function) -> str:
    return function.arn.split(":")[-1]


def _doubts(answers: list[Answer], functions: Functions) -> Iterator[Finding]:
    for name, token in answers:
        found = functions.get(str(token))
        if isinstance(found, Unknown) and found.reason is not Reason.NOT_FOUND:
            problem = f"is answered by function {token}, which can't be read ({found})"
            yield _finding(name, str(token), problem, f"allow {found.call or 'reading it'} to the reading role")


def _remarks(answers: list[Answer], functions: Functions) -> Iterator[Finding]:
    """What is only told: the answer comes from where nothing can be read, or late."""
    for name, token in answers:
        if isinstance(token, Unresolved):
            if token is not MADE_HERE:
                yield _finding(name, "", f"is answered by a function that is not known: {token.why}", ASK)
        elif is_topic(token):
            yield _finding(name, token, "is answered through an SNS topic, by whoever listens", ASK)
        elif isinstance(found := functions.get(token), Known) and found.value.state == IDLE:
            yield _finding(
                name,
                token,
                "is answered by a function that Lambda has put to sleep (Inactive): its first call fails",
                "call it once before the upgrade",
            )


def _finding(name: str, physical_id: str, problem: str, remedy: str) -> Finding:
    return Finding(
        found=f"{name} {problem}",
        expected="an active function that can be called",
        remedy=remedy,
        logical_id=name,
        physical_id=physical_id,
        property="ServiceToken",
    )
