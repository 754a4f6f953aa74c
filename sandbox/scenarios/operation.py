"""What can go wrong while the update is made, and calls that fail."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

NO_IMAGE = (
    "You must use a valid fully-formed launch template. The image id '[ami-0d94e17b3c5a80f26]' does not exist "
    "(Service: AutoScaling, Status Code: 400, Request ID: 6f2c9a1e-0c3d-4a53-9a7b-5d8f3f0c1b27)"
)
INVALID_ENVIRONMENT = (
    "Operation failed, ComputeEnvironment went INVALID with error: CLIENT_ERROR - Launch Template version 1 is not "
    "available. (Service: Batch, Status Code: 400, Request ID: 1d0f7c52-7f1a-4a7e-8f53-2b9d6f1f0e64)"
)
HOUR = 3600
LAG = 1.5
"""Seconds."""


def handler(message: str, code: str) -> str:
    """As CloudFormation words the failure of a resource."""
    token = "2b7e1f6c-93d4-4c60-8a35-f0d1c7a9e842"  # noqa: S105  # a request token is no secret
    return f'Resource handler returned message: "{message}" (RequestToken: {token}, HandlerErrorCode: {code})'


@scenario("application-down", "The application answers with an error, although its targets are healthy.")
def application_down(stage: Stage) -> None:
    """As it does when a listener rule is wrong, or what stands behind it."""
    deployment(stage)
    stage.knobs.set({"answer": 502})


@scenario("update-in-progress", "Somebody else's update of the stack is running.")
def update_in_progress(stage: Stage) -> None:
    """It takes an hour a wave: longer than anybody waits."""
    deployment(stage)
    stage.knobs.set({"pace": HOUR})
    _update(stage, "pWorkersAsgMaxSize", "12")


@scenario("stale-status", "CloudFormation's reads lag: right after the start the stack is still UPDATE_COMPLETE.")
def stale_status(stage: Stage) -> None:
    """The UPDATE_COMPLETE is that of an earlier update."""
    deployment(stage)
    stage.knobs.set({"pace": 0})
    _update(stage, "pWorkersAsgMaxSize", "12")
    stage.knobs.wait(LAG)  # else the first to look would see our own creation of the stack
    stage.knobs.set({"pace": 0.3, "lag": LAG})


@scenario("update-fails", "The services machine's new image is withdrawn just when the update needs it.")
def update_fails(stage: Stage) -> None:
    """CloudFormation rolls back."""
    deployment(stage)
    stage.knobs.set({"resources": {"ServicesAutoScalingGroup": _no_image()}})


@scenario("rollback-fails", "The update fails, and so does its rollback, at a batch environment.")
def rollback_fails(stage: Stage) -> None:
    """Only a person can go on."""
    deployment(stage)
    rollback = {"on": "rollback", "reason": handler(INVALID_ENVIRONMENT, "NotStabilized")}
    stage.knobs.set({"resources": {"ServicesAutoScalingGroup": _no_image(), "BatchSpotComputeEnvironment": rollback}})


@scenario("unhealthy-after", "The update completes, but the new services machine never becomes healthy.")
def unhealthy_after(stage: Stage) -> None:
    """UPDATE_COMPLETE proves nothing about the application."""
    deployment(stage)
    stage.knobs.set({"health_delay": HOUR})


@scenario("left-behind", "The update completes, but the old worker group can't be deleted.")
def left_behind(stage: Stage) -> None:
    """It stays, outside the stack, and costs money."""
    deployment(stage)
    reason = handler(
        "The group has instances in standby (Service: AutoScaling, Status Code: 400)", "GeneralServiceException"
    )
    stage.knobs.set({"resources": {"WorkersAutoScalingGroup": {"on": "delete", "reason": reason}}})


@scenario("identity-lost", "The update silently makes a new data volume.")
def identity_lost(stage: Stage) -> None:
    """The plan said: in place."""
    deployment(stage)
    stage.knobs.set({"resources": {"DataVolume": {"on": "update", "replace": True}}})


@scenario("timeout", "The update takes longer than it may.")
def timeout(stage: Stage) -> None:
    """It goes on running."""
    deployment(stage)
    stage.knobs.set({"pace": 3})
    stage.configure("stacks.demo", minutes=0.05)


@scenario("throttled", "Every third call is throttled.")
def throttled(stage: Stage) -> None:
    """Clients have to be patient."""
    deployment(stage)
    stage.knobs.set({"api": [{"kind": "throttle", "every": 3}]})


@scenario("expired", "The credentials have expired.")
def expired(stage: Stage) -> None:
    """No call is answered."""
    deployment(stage)
    stage.knobs.set({"api": [{"kind": "expired"}]})


def _no_image() -> dict[str, object]:
    return {"on": "update", "reason": handler(NO_IMAGE, "InvalidRequest")}


def _update(stage: Stage, parameter: str, value: str) -> None:
    cloudformation = stage.client("cloudformation")
    live = cloudformation.describe_stacks(StackName="codeocean")["Stacks"][0]
    cloudformation.update_stack(
        StackName="codeocean",
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": row["ParameterKey"], "UsePreviousValue": True}
            if row["ParameterKey"] != parameter
            else {"ParameterKey": parameter, "ParameterValue": value}
            for row in live["Parameters"]
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
