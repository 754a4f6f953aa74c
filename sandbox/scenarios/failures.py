"""Why an update fails, in AWS's own words: where it is refused, and where a resource of it fails.

The messages are real ones (`seen` in upgrade/rules/reasons.toml says where each was published), of resources of ours.
"""

from sandbox.account import ACCOUNT
from sandbox.scenarios.operation import HOUR, handler
from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

HOOK = "Acme::Security::Hook"
SERVICES, DATABASE = "ServicesAutoScalingGroup", "AnalyticsDBInstance"
NESTED = "https://codeocean-vpc.s3.amazonaws.com/templates/monitoring-{version}.template.yaml"
MONITORING = """
Resources:
  Dashboards:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: /codeocean/dashboards
      RetentionInDays: {days}
"""


def _fails(stage: Stage, logical_id: str, message: str, code: str = "GeneralServiceException") -> None:
    """The deployment, one resource of which can't be updated."""
    deployment(stage)
    stage.knobs.set({"resources": {logical_id: {"on": "update", "reason": handler(message, code)}}})


@scenario("capacity-short", "EC2 has no machine of the services' type in its zone when the update needs one.")
def capacity_short(stage: Stage) -> None:
    """Auto Scaling says so in EC2's words."""
    _fails(
        stage,
        SERVICES,
        "We currently do not have sufficient m7i.xlarge capacity in the Availability Zone you requested (us-east-1a). Our "
        "system will be working on provisioning additional capacity. You can currently get m7i.xlarge capacity by not "
        "specifying an Availability Zone in your request or choosing us-east-1b, us-east-1c. Launching EC2 instance failed.",
        "NotStabilized",
    )


@scenario("database-capacity-short", "RDS has no machine of the database's new class in its zone.")
def database_capacity_short(stage: Stage) -> None:
    """What is asked for may be had in the region, and not where the database is."""
    _fails(
        stage,
        DATABASE,
        "Cannot modify the instance class because there are no instances of the requested class available in the current "
        "instance's availability zone. Please try your request again at a later time. (Service: Rds, Status Code: 400, "
        "Request ID: 0f4e7d22-6c1b-4b8e-9d0b-8d2c5f6a7b31)",
    )
    stage.configure("stacks.demo.parameters", pRdsInstanceType="db.t4g.medium")


@scenario("quota-exceeded", "The account's vCPUs are all in use when the update needs a second services machine.")
def quota_exceeded(stage: Stage) -> None:
    """While machines are replaced, old and new ones exist at once."""
    _fails(
        stage,
        SERVICES,
        "You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the "
        "specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an "
        "adjustment to this limit. Launching EC2 instance failed.",
    )


@scenario("permission-missing", "The role that CloudFormation works with may not change the batch environment.")
def permission_missing(stage: Stage) -> None:
    """A boundary that nobody could see before denies it."""
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/codeocean-deploy/AWSCloudFormation"
    _fails(
        stage,
        "BatchSpotComputeEnvironment",
        f"User: {role} is not authorized to perform: batch:UpdateComputeEnvironment on resource: "
        f"arn:aws:batch:us-east-1:{ACCOUNT}:compute-environment/spot because no permissions boundary allows the "
        "batch:UpdateComputeEnvironment action (Service: Batch, Status Code: 403, Request ID: "
        "509ab278-d542-4603-bce4-10fd047bc7cf)",
        "AccessDenied",
    )


@scenario("execute-denied", "Who runs the upgrade may plan it, and not execute it.")
def execute_denied(stage: Stage) -> None:
    """Found out at the last moment."""
    deployment(stage)
    stage.knobs.set({"api": [{"kind": "denied", "service": "cloudformation", "action": "ExecuteChangeSet"}]})


@scenario("plan-denied", "Who runs the upgrade may read everything, and not make a change set.")
def plan_denied(stage: Stage) -> None:
    """Nothing that needs a plan can be judged."""
    deployment(stage)
    stage.knobs.set({"api": [{"kind": "denied", "service": "cloudformation", "action": "CreateChangeSet"}]})


@scenario("property-invalid", "The target gives a launch template a property that its type does not have.")
def property_invalid(stage: Stage) -> None:
    """A change set is made without looking at it."""
    deployment(stage)
    reason = "Properties validation failed for resource {0} with message: #: extraneous key [MetadataOptions] is not permitted"
    name = "WorkersLaunchTemplate"
    stage.knobs.set({"resources": {name: {"on": "update", "reason": reason.format(name)}}})


@scenario("validation-fails", "CloudFormation's early validation finds that a bucket's name is taken.")
def validation_fails(stage: Stage) -> None:
    """The change set fails, and nothing is executed."""
    deployment(stage)
    found = {
        "name": "AWS::EarlyValidation::ResourceExistenceCheck",
        "mode": "FAIL",
        "status": "FAILED",
        "reason": "Resource of type 'AWS::IAM::Policy' with identifier 'JobsAssumeRolePolicy' already exists.",
        "resource": "JobsAssumeRolePolicy",
        "path": "/Resources/JobsAssumeRolePolicy",
    }
    stage.knobs.set({"validations": [found]})


@scenario("validation-stops", "The update is begun, and CloudFormation's validation of its properties ends it at once.")
def validation_stops(stage: Stage) -> None:
    """Only the operation's own events say what it has found; those of the stack do not."""
    deployment(stage)
    found = {
        "name": "PROPERTY_VALIDATION",
        "mode": "FAIL",
        "status": "FAILED",
        "during": "operation",
        "reason": "#: extraneous key [MetadataOptions] is not permitted",
        "resource": "WorkersLaunchTemplate",
        "path": "/Resources/WorkersLaunchTemplate/Properties/MetadataOptions",
    }
    stage.knobs.set({"validations": [found]})


@scenario("hook-refuses", "A hook of the organization does not let the services machine be changed.")
def hook_refuses(stage: Stage) -> None:
    """Its annotations say what to do."""
    deployment(stage)
    hook = {
        "type": HOOK,
        "mode": "FAIL",
        "fails": SERVICES,
        "reason": "Template failed validation, the following rule(s) failed: SERVICES_USE_APPROVED_IMAGES",
        "annotations": [
            {
                "AnnotationName": "SERVICES_USE_APPROVED_IMAGES",
                "Status": "FAILED",
                "StatusMessage": "ami-0d94e17b3c5a80f26 is not on the list of approved images",
                "RemediationMessage": "have the image scanned and approved",
                "RemediationLink": "https://security.example.com/images",
            }
        ],
    }
    stage.knobs.set({"hooks": [hook]})


@scenario("nested-fails", "A log group of a nested stack can't be changed.")
def nested_fails(stage: Stage) -> None:
    """What fails is not in the stack itself."""
    for version, days in (("old", 30), ("new", 365)):
        stage.publish(f"templates/monitoring-{version}.template.yaml", MONITORING.format(days=days))
    nested = (
        "\nResources:\n  Monitoring:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: {0} }}\n\n"
    )
    old = NESTED.format(version="old")
    deployment(stage, edits={"\nResources:\n": nested.format(old)}, target_edits={old: NESTED.format(version="new")})
    message = "Resource limit exceeded. (Service: CloudWatchLogs, Status Code: 400, Request ID: 7f91c669-d06e-11e8-9a28-85527fa06d9e)"
    stage.knobs.set({"resources": {"Dashboards": {"on": "update", "reason": handler(message, "ServiceLimitExceeded")}}})


@scenario(
    "restored-unhealthy", "The update fails late, and the services machine that its rollback starts never gets healthy."
)
def restored_unhealthy(stage: Stage) -> None:
    """The stack is as before, and nobody can work."""
    told = "AlarmDescription: The services machine does not answer the load balancer's health checks"
    later = {told: 'AlarmDescription: !Sub "No machine of ${ServicesAutoScalingGroup} answers health checks"'}
    deployment(stage, target_edits=later)
    reason = handler("Rate exceeded (Service: CloudWatch, Status Code: 400)", "Throttling")
    stage.knobs.set(
        {"health_delay": HOUR, "resources": {"ServicesUnhealthyHostAlarm": {"on": "update", "reason": reason}}}
    )


@scenario("restored-unseen", "The update fails, and whether the stack that is restored has drifted can't be found out.")
def restored_unseen(stage: Stage) -> None:
    """The right to detect drift is taken away meanwhile."""
    _fails(stage, SERVICES, "Rate exceeded", "Throttling")
    denied = {"kind": "denied", "service": "cloudformation", "action": "DetectStackDrift", "after": 1}
    stage.knobs.set({"api": [denied]})
