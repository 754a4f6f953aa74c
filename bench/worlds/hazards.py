"""What goes wrong in upgrades, one world a hazard: the gate must say so, naming the resource and what is the matter."""

import json
from datetime import UTC, datetime, timedelta

from bench.worlds import blocks, shows_afterwards, warns
from bench.worlds.hands import (
    EXPORT,
    QUIET_ALARM,
    SSM_VALUE,
    STACK,
    TIER,
    alarm,
    allow,
    certificate,
    change_set,
    copy_backups,
    deny,
    forget_backups,
    grow,
    importer,
    install,
    kept_parameters,
    modify_database,
    own_image,
    policy,
    resource,
    role,
    target,
    target_text,
    update,
)
from sandbox.account import ACCOUNT, REGION
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import LIVE, deployment

SLOT = "%a:%H:%M"
"""How RDS writes a moment of the week."""

# ---- access and safety -----------------------------------------------------------------------------------------------


@blocks("The configuration is for another account.", "999988887777", scenario="wrong-account")
def another_account(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Somebody's update is running.", "UPDATE_IN_PROGRESS", scenario="update-in-progress")
def update_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Drift may not be detected.", "DetectStackDrift", scenario="drift-denied", verdict="CANNOT_TELL")
def drift_unreadable(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Nothing of RDS may be read.", "rds:", verdict="CANNOT_TELL")
def database_unreadable(stage: Stage) -> None:
    stage.knobs.set({"api": [{"service": "rds", "action": "Describe*", "kind": "denied"}]})


@warns(
    "The session lasts an hour, the upgrade may take two.", "session", environment={"AWS_SESSION_TOKEN": "of-an-hour"}
)
def session_too_short(stage: Stage) -> None:
    stage.configure("stacks.demo", minutes=120)


@blocks("The stack's service role was deleted.", "company-cloudformation")
def service_role_deleted(stage: Stage) -> None:
    update(stage, {"pWorkersAsgMaxSize": 12}, RoleARN=role(stage, "company-cloudformation"))
    iam = stage.client("iam")
    iam.delete_role_policy(RoleName="company-cloudformation", PolicyName="everything")
    iam.delete_role(RoleName="company-cloudformation")


@blocks("The configured service role trusts only EC2.", "company-ec2", "cloudformation.amazonaws.com")
def service_role_untrusting(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=role(stage, "company-ec2", "ec2.amazonaws.com"))


@warns("Somebody's change set waits to be executed.", "colleagues-change")
def foreign_change_set(stage: Stage) -> None:
    changed = kept_parameters(stage, {"pWorkersAsgMaxSize": 30})
    change_set(stage, "colleagues-change", UsePreviousTemplate=True, Parameters=changed)


@warns("Termination protection is off.", "termination protection")
def termination_protection_off(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=False)


@blocks("The role's stack is a version behind.", "codeocean-deploy-role", "v4.0.0", scenario="role-outdated")
def role_behind(stage: Stage) -> None:
    """As the scenario says."""


@blocks("An action was taken away from the role.", "batch:UpdateComputeEnvironment", scenario="role-edited-by-hand")
def role_edited(stage: Stage) -> None:
    """As the scenario says."""


@warns("The role that CloudFormation uses is denied what the plan may need.", "batch:UpdateComputeEnvironment", "den")
def role_denied(stage: Stage) -> None:
    """Whether the environment is updated or replaced by its new launch template, only Batch knows."""
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "batch:UpdateComputeEnvironment"))


@blocks("A policy denies the new version of a launch template.", "ec2:CreateLaunchTemplateVersion", "den")
def role_denied_a_version(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "ec2:CreateLaunchTemplateVersion"))


@blocks("The role that CloudFormation uses may not pass the role of a new function.", "PassRole")
def role_may_not_pass(stage: Stage) -> None:
    code = 'Code: { ZipFile: "def handler(event, context): pass" }'
    properties = f"Runtime: python3.12\n      Handler: index.handler\n      Role: !GetAtt BackupRole.Arn\n      {code}"
    target(stage, resource(f"  Reporting:\n    Type: AWS::Lambda::Function\n    Properties:\n      {properties}\n"))
    stage.configure("stacks.demo", service_role_arn=_with_deny(stage, "iam:PassRole"))


@blocks("The organization denies what the plan needs.", "ec2:CreateLaunchTemplateVersion", "organization")
def organization_denies(stage: Stage) -> None:
    stage.configure("stacks.demo", service_role_arn=role(stage, "company-cloudformation"))
    stage.knobs.set({"organization_denies": ["ec2:Create*"]})


def _with_deny(stage: Stage, action: str) -> str:
    arn = role(stage, "company-cloudformation")
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    stage.client("iam").put_role_policy(
        RoleName="company-cloudformation", PolicyName="guardrail", PolicyDocument=policy(statement)
    )
    return arn


# ---- backup ----------------------------------------------------------------------------------------------------------


@blocks("The backup stack is older than the release notes ask for.", "v1.2.1", scenario="backup-behind")
def backup_stack_behind(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A backup stack is linked and none is configured.", "backup =", scenario="backup-missing")
def backup_stack_unnamed(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database has no recovery point.", "AnalyticsDBInstance", "recovery point")
def recovery_points_missing(stage: Stage) -> None:
    forget_backups(stage, "AnalyticsDBInstance")


@blocks("The newest backup of the data volume is three days old.", "DataVolume", "hours")
def recovery_points_too_old(stage: Stage) -> None:
    forget_backups(stage, "DataVolume")
    stage.knobs.set({"event_age": 3 * 24 * 3600.0})
    volume = f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{stage.physical_id('DataVolume')}"
    stage.client("backup").start_backup_job(
        BackupVaultName=stage.physical_id("BackupVault"),
        ResourceArn=volume,
        IamRoleArn=f"arn:aws:iam::{ACCOUNT}:role/backup",
    )
    stage.knobs.set({"event_age": 0.0})


@warns("The vault that copies go to was deleted, and copies fail.", "backup-vault:deleted")
def backup_copies_failing(stage: Stage) -> None:
    vault = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:deleted"
    update(stage, {"pDestinationBackupVaultArn": vault, "pWorkersAsgMaxSize": 12})
    stage.configure("stacks.demo", backup={"none": "a vault of the company's"}, backup_policy=None)
    copy_backups(stage, vault)


# ---- database and other stateful resources ---------------------------------------------------------------------------


@blocks("The database has grown, the parameter has not.", 'pRdsAllocatedStorage = "actual"', scenario="rds-autoscaled")
def database_grown(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The configured storage is a little above the actual one, which RDS refuses.", "AnalyticsDBInstance", "10 %")
def database_raised_too_little(stage: Stage) -> None:
    grow(stage, 60)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage=63)


@blocks("The database can grow no further.", "AnalyticsDBInstance", scenario="rds-at-maximum")
def database_at_maximum(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database's storage is still being optimized.", "optimiz", scenario="rds-optimizing")
def database_optimizing(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The database is stopped, and the plan changes it.", "AnalyticsDBInstance", "stopped")
def database_stopped(stage: Stage) -> None:
    _stop_database(stage)
    stage.configure("stacks.demo.parameters", pRdsInstanceType="db.t4g.medium")


@warns("The database is stopped; the plan leaves it alone.", "AnalyticsDBInstance", "stopped")
def database_stopped_untouched(stage: Stage) -> None:
    _stop_database(stage)


def _stop_database(stage: Stage) -> None:
    stage.client("rds").stop_db_instance(DBInstanceIdentifier=stage.physical_id("AnalyticsDBInstance"))


@warns("The database is nearly full.", "AnalyticsDBInstance", "free")
def database_nearly_full(stage: Stage) -> None:
    free = {
        "MetricName": "FreeStorageSpace",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": stage.physical_id("AnalyticsDBInstance")}],
        "Value": 1024.0**3,
        "Unit": "Bytes",
    }
    stage.client("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[free])


@blocks("The target makes the data volume smaller.", "DataVolume", "400")
def volume_shrunk(stage: Stage) -> None:
    target(stage, {"      Size: 500\n": "      Size: 400\n"})


@blocks("The data volume was enlarged by hand; nobody has said so.", "DataVolume", "enlarged_volume")
def volume_enlarged(stage: Stage) -> None:
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=600)


@blocks("The target pins an older engine than the one that runs.", "AnalyticsDBInstance", "16.9")
def engine_taken_back(stage: Stage) -> None:
    modify_database(stage, EngineVersion="16.9")
    target(stage, {'      EngineVersion: "16"\n': '      EngineVersion: "16.4"\n'})


FUNCTION = resource("""
  CleanupRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }

  CleanupFunction:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt CleanupRole.Arn
      Timeout: 60
      Code: { ZipFile: "def handler(event, context): pass" }

  Cleanup:
    Type: AWS::CloudFormation::CustomResource
    Properties:
      ServiceToken: !GetAtt CleanupFunction.Arn
      Edition: "1"
""")
"""A custom resource, and the function behind it."""
TOUCHED = {'      Edition: "1"\n': '      Edition: "2"\n'}
"""The custom resource is updated."""


def _function(stage: Stage, edits: dict[str, str], target_edits: dict[str, str]) -> str:
    """Install it; the function's name."""
    ((anchor, text),) = FUNCTION.items()
    old = new = text
    for before, after in edits.items():
        old = new = old.replace(before, after)
    for before, after in target_edits.items():
        new = new.replace(before, after)
    install(stage, {anchor: old})
    target(stage, {anchor: new})
    return stage.physical_id("CleanupFunction")


@blocks("The plan updates a function whose runtime AWS no longer updates.", "CleanupFunction", "nodejs12.x")
def runtime_blocked(stage: Stage) -> None:
    _function(stage, {"python3.12": "nodejs12.x"}, {"Timeout: 60": "Timeout: 90"})


@warns("A function's runtime is past its update block; the plan leaves it alone.", "CleanupFunction", "nodejs12.x")
def runtime_blocked_untouched(stage: Stage) -> None:
    _function(stage, {"python3.12": "nodejs12.x"}, {})


@warns("The target's search engine is past its end of support.", "Search", "support")
def engine_unsupported(stage: Stage) -> None:
    search = """
  Search:
    Type: AWS::OpenSearchService::Domain
    Properties:
      EngineVersion: Elasticsearch_5.6
      ClusterConfig: { InstanceType: t3.small.search, InstanceCount: 1 }
      EBSOptions: { EBSEnabled: true, VolumeSize: 20 }
"""
    install(stage, resource(search))


@blocks("The key of the backup vault is disabled.", "key", "codeocean-v1", "disabled")
def key_disabled(stage: Stage) -> None:
    stage.client("kms").disable_key(KeyId=stage.physical_id("BackupKMSKey"))


@blocks("The key of the backup vault will be deleted next week.", "key", "codeocean-v1", "delet")
def key_about_to_be_deleted(stage: Stage) -> None:
    stage.client("kms").schedule_key_deletion(KeyId=stage.physical_id("BackupKMSKey"), PendingWindowInDays=7)


@blocks("The database's password is scheduled for deletion.", "analytics/master-password-0", "delet")
def secret_about_to_be_deleted(stage: Stage) -> None:
    stage.client("secretsmanager").delete_secret(SecretId=stage.physical_id("AnalyticsDBMasterPassword"))


# ---- quiet system ----------------------------------------------------------------------------------------------------


@blocks("A pipeline runs.", "variant-calling", scenario="jobs-running")
def pipeline_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Computations run.", "worker", scenario="workers-running")
def computations_running(stage: Stage) -> None:
    """As the scenario says."""


@blocks("Nobody has switched maintenance mode on.", "maintenance_mode")
def maintenance_unstated(stage: Stage) -> None:
    stage.configure("stacks.demo.acknowledge", maintenance_mode=None)


@blocks("Maintenance mode was stated for another pair of versions.", "maintenance_mode")
def maintenance_stated_for_another_version(stage: Stage) -> None:
    stage.acknowledge("maintenance_mode", "v3.9.0", LIVE)


@blocks("Nothing may be launched in the services group.", "ServicesAutoScalingGroup", "Launch")
def launching_suspended(stage: Stage) -> None:
    stage.client("autoscaling").suspend_processes(
        AutoScalingGroupName=stage.physical_id("ServicesAutoScalingGroup"), ScalingProcesses=["Launch"]
    )


@blocks("The services group is being refreshed.", "ServicesAutoScalingGroup", "refresh")
def instance_refresh_running(stage: Stage) -> None:
    stage.knobs.set({"refresh_delay": 24 * 3600.0})
    group = stage.physical_id("ServicesAutoScalingGroup")
    stage.client("autoscaling").start_instance_refresh(AutoScalingGroupName=group)


@blocks("A batch environment is INVALID.", "BatchSpotComputeEnvironment", "INVALID")
def batch_environment_invalid(stage: Stage) -> None:
    invalid = {"status": "INVALID", "statusReason": "CLIENT_ERROR - the service role may not be assumed"}
    stage.knobs.set({"batch": {stage.physical_id("BatchSpotComputeEnvironment"): invalid}})


@blocks("The function behind a custom resource may not run at all.", "CleanupFunction", "concurrency")
def function_throttled_to_zero(stage: Stage) -> None:
    name = _function(stage, {}, TOUCHED)
    stage.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)


@blocks("The function behind a custom resource is gone.", "CleanupFunction")
def function_gone(stage: Stage) -> None:
    name = _function(stage, {}, TOUCHED)
    stage.client("lambda").delete_function(FunctionName=name)


@blocks("The services machine does not answer its health checks.", "ServicesUnhealthyHostAlarm", "ALARM")
def blocking_alarm(stage: Stage) -> None:
    alarm(stage, "ServicesUnhealthyHostAlarm", "ALARM")


@warns("An alarm has just gone off.", "ServicesCpuUsageHighAlarm", "ALARM")
def alarm_raised(stage: Stage) -> None:
    install(stage, QUIET_ALARM)
    alarm(stage, "ServicesCpuUsageHighAlarm", "ALARM")


@warns("A target is unhealthy.", "TargetGroupGW", "unhealthy")
def target_unhealthy(stage: Stage) -> None:
    stage.knobs.set({"targets": {"TargetGroupGW": "unhealthy"}})


@blocks("The certificate has expired.", "certificate", "expired")
def certificate_expired(stage: Stage) -> None:
    seconds = 4  # ACM takes no expired one; it is by the time that the gate looks
    update(stage, {"pCertificateArn": certificate(stage, seconds / 86400)})


@blocks("A new certificate waits until somebody answers.", "Certificate", "mail", scenario="certificate-waits")
def certificate_by_mail(stage: Stage) -> None:
    """As the scenario says."""


@warns("The database's maintenance window opens within the next minutes.", "AnalyticsDBInstance", "window")
def maintenance_window_soon(stage: Stage) -> None:
    begin = datetime.now(UTC) + timedelta(minutes=30)
    window = f"{begin.strftime(SLOT)}-{(begin + timedelta(minutes=60)).strftime(SLOT)}".lower()
    modify_database(stage, PreferredMaintenanceWindow=window)
    stage.configure("stacks.demo", minutes=120)


@warns("No further address may be allocated, and the plan adds one.", "Elastic IPs", "5 of 5")
def quota_of_addresses_full(stage: Stage) -> None:
    for _ in range(5):
        stage.client("ec2").allocate_address(Domain="vpc")
    target(stage, resource("  MoreEIP:\n    Type: AWS::EC2::EIP\n    Properties: { Domain: vpc }\n"))


@blocks("The plan changes to an instance type that no zone offers.", "r5d.3xlarge")
def type_not_offered(stage: Stage) -> None:
    stage.configure("stacks.demo.parameters", pWorkerInstanceType="r5d.3xlarge")


@warns("The subnet of the services machine has no free address.", "ServicesAutoScalingGroup", "free", scenario="empty")
def subnet_full(stage: Stage) -> None:
    deployment(stage, edits={"CidrBlock: !Select [2, !Cidr [!Ref pVpcCIDR, 4, 12]]": "CidrBlock: 10.0.200.0/28"})
    ec2, subnet = stage.client("ec2"), stage.physical_id("PrivateSubnet1")
    while ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"] > 0:
        ec2.create_network_interface(SubnetId=subnet)


# ---- template and parameters, old against new ------------------------------------------------------------------------


@blocks("The target is another product's.", "version", scenario="target-other-product")
def another_product(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target is not the file that was pinned.", "sha256")
def target_exchanged(stage: Stage) -> None:
    stage.configure("stacks.demo", template_sha256="0" * 64)


@blocks("The target is older than what is deployed.", "v4.0.0", scenario="nothing-to-do")
def downgrade(stage: Stage) -> None:
    stage.configure("stacks.demo", target=LIVE)


@warns("The target has an error that the deployed template does not have.", "gp9")
def new_lint_error(stage: Stage) -> None:
    target(stage, {"VolumeSize: 40, VolumeType: gp3": "VolumeSize: 40, VolumeType: gp9"})


@blocks("The target has more parameters than a template may have.", "200")
def too_many_parameters(stage: Stage) -> None:
    more = "".join(f"  pMore{number}:\n    Type: String\n    Default: x\n" for number in range(190))
    target(stage, {"\nMappings:\n": f"\n{more}\nMappings:\n"})


@blocks("The target accepts the deployed instance type no longer.", "m7i.large", scenario="parameter-rejected")
def parameter_no_longer_accepted(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target asks for something new.", "pAlarmsName", scenario="new-required-parameter")
def parameter_missing(stage: Stage) -> None:
    """As the scenario says."""


@blocks(
    "The configuration sets a parameter that the target lacks.", "pRdsAlocatedStorage", scenario="parameter-unknown"
)
def parameter_mistyped(stage: Stage) -> None:
    """As the scenario says."""


@warns("The target has another default; the stack keeps the old value.", "pWorkersAsgMaxSize", "20")
def default_changed(stage: Stage) -> None:
    target(stage, {"  pWorkersAsgMaxSize:\n    Type: Number\n    Default: 10\n": _WORKERS})


_WORKERS = "  pWorkersAsgMaxSize:\n    Type: Number\n    Default: 20\n"


@warns("The target lacks a parameter that the stack has set.", "pBackupRetentionPeriod", "30")
def parameter_removed(stage: Stage) -> None:
    update(stage, {"pBackupRetentionPeriod": 30})
    declared = "  pBackupRetentionPeriod:\n    Type: Number\n    Default: 14\n    MinValue: 1\n"
    target(stage, {declared: "", "DeleteAfterDays: !Ref pBackupRetentionPeriod": "DeleteAfterDays: 14"})


@blocks("The planned values break a rule of the template.", "availability zones must differ")
def rule_violated(stage: Stage) -> None:
    stage.configure("stacks.demo.parameters", pNewVpcAvailabilityZone2="us-east-1a")


@blocks("What the target needs is not granted.", "CAPABILITY_IAM")
def capability_missing(stage: Stage) -> None:
    stage.configure("stacks.demo", capabilities=[])


@blocks("The target drops an export that another stack imports.", "codeocean-results-bucket", "reporting")
def export_dropped(stage: Stage) -> None:
    install(stage, EXPORT)
    importer(stage)
    target(stage, {})


@blocks("The target's images are not shared with the account.", "ami-0d94e17b3c5a80f26", scenario="image-not-shared")
def image_withheld(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A custom image is in use; nobody has said that it fits the target.", "pCustomAmi", "custom_images")
def custom_image_unstated(stage: Stage) -> None:
    update(stage, {"pCustomAmi": own_image(stage)})


@blocks("The target no longer retains a bucket.", "S3ResultsBucket", "DeletionPolicy")
def deletion_policy_lost(stage: Stage) -> None:
    kept = "  S3ResultsBucket:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n"
    target(stage, {kept: kept.replace("    DeletionPolicy: Retain\n", "")})


@blocks("The target gives the file system another name, which makes a new one.", "DatasetsEfs")
def stateful_renamed(stage: Stage) -> None:
    target_text(stage, "DatasetsEfs", "DatasetsFileSystem")


@blocks("In the target the cache depends on a condition that is false.", "RedisReplicationGroup")
def stateful_under_a_false_condition(stage: Stage) -> None:
    kind = "    Type: AWS::ElastiCache::ReplicationGroup\n"
    target(stage, {kind: f"{kind}    Condition: cInternalDeployment\n"})


@warns("A value in Parameter Store has moved since the last update.", TIER)
def ssm_value_moved(stage: Stage) -> None:
    ssm = stage.client("ssm")
    ssm.put_parameter(Name=TIER, Value="gold", Type="String")
    install(stage, SSM_VALUE)
    ssm.put_parameter(Name=TIER, Value="silver", Type="String", Overwrite=True)


@warns("A secret was changed since the last update, and what the plan touches takes it.", "redis/auth-token")
def secret_changed(stage: Stage) -> None:
    stage.client("secretsmanager").put_secret_value(SecretId=stage.physical_id("RedisAuthToken"), SecretString="x" * 32)
    target(stage, {"      NumCacheClusters: 2\n": "      NumCacheClusters: 3\n"})


# ---- the plan --------------------------------------------------------------------------------------------------------


@blocks("The target replaces the database.", "AnalyticsDBInstance", scenario="database-replaced")
def data_replaced(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The target drops the cache.", "RedisReplicationGroup")
def data_removed(stage: Stage) -> None:
    text = stage.template("codeocean-v4.1.0")
    begin, end = text.index("  RedisReplicationGroup:\n"), text.index("  DatasetsEfs:\n")
    target(stage, {text[begin:end]: ""})


@blocks("A stack policy forbids what the plan does.", "ServicesAutoScalingGroup", "policy")
def stack_policy_denies(stage: Stage) -> None:
    document = policy(allow("Update:*"), deny("Update:*", "LogicalResourceId/ServicesAutoScalingGroup"))
    stage.client("cloudformation").set_stack_policy(StackName=STACK, StackPolicyBody=document)


@blocks("A topic of the stack was deleted by hand.", "AlarmsTopic", "delet")
def resource_deleted(stage: Stage) -> None:
    stage.client("sns").delete_topic(TopicArn=stage.physical_id("AlarmsTopic"))


@blocks("The database's class was changed by hand.", "AnalyticsDBInstance", scenario="drifted-database")
def database_changed(stage: Stage) -> None:
    """As the scenario says."""


@blocks("A role of the stack was changed by hand.", "ServicesInstanceRole")
def role_changed(stage: Stage) -> None:
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    stage.client("iam").put_role_policy(
        RoleName=stage.physical_id("ServicesInstanceRole"),
        PolicyName="ServicesInstancePolicy",
        PolicyDocument=everything,
    )


@blocks("A bucket's versioning was suspended by hand.", "S3CapsulesBucket", "Versioning")
def versioning_suspended(stage: Stage) -> None:
    stage.client("s3").put_bucket_versioning(
        Bucket=stage.physical_id("S3CapsulesBucket"), VersioningConfiguration={"Status": "Suspended"}
    )


@blocks("A declared rule of a security group was taken away by hand.", "ExternalSecurityGroupIngressHttpsIpv4")
def rule_revoked(stage: Stage) -> None:
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    stage.client("ec2").revoke_security_group_ingress(
        GroupId=stage.physical_id("ExternalSecurityGroup"), IpPermissions=[https]
    )


@blocks("The listener's TLS policy was weakened by hand.", "ListenerExternalHTTPS", "SslPolicy")
def listener_changed(stage: Stage) -> None:
    stage.client("elbv2").modify_listener(
        ListenerArn=stage.physical_id("ListenerExternalHTTPS"), SslPolicy="ELBSecurityPolicy-2016-08"
    )


@blocks("The policy of the backup key was changed by hand.", "BackupKMSKey", "KeyPolicy")
def key_policy_changed(stage: Stage) -> None:
    kms, key = stage.client("kms"), stage.physical_id("BackupKMSKey")
    document = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    del document["Statement"][1:]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(document))


@blocks("The plan would undo what was changed by hand.", "BatchSpotComputeEnvironment", "512")
def manual_change_overwritten(stage: Stage) -> None:
    stage.client("batch").update_compute_environment(
        computeEnvironment=stage.physical_id("BatchSpotComputeEnvironment"), computeResources={"maxvCpus": 512}
    )
    stage.configure("stacks.demo.parameters", pBatchMaxvCpus=300)


@warns("An alarm that would roll the update back is in ALARM.", "brake")
def rollback_trigger_in_alarm(stage: Stage) -> None:
    cloudwatch = stage.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="brake",
        Namespace="Company",
        MetricName="Errors",
        Statistic="Sum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0,
        Period=60,
        EvaluationPeriods=1,
    )
    arn = cloudwatch.describe_alarms(AlarmNames=["brake"])["MetricAlarms"][0]["AlarmArn"]
    trigger = {"Arn": arn, "Type": "AWS::CloudWatch::Alarm"}
    update(stage, {"pWorkersAsgMaxSize": 12}, RollbackConfiguration={"RollbackTriggers": [trigger]})
    cloudwatch.set_alarm_state(AlarmName="brake", StateValue="ALARM", StateReason="set by hand")


@warns("The topic that is told of updates was deleted.", "operations")
def topic_missing(stage: Stage) -> None:
    sns = stage.client("sns")
    topic = sns.create_topic(Name="operations")["TopicArn"]
    update(stage, {"pWorkersAsgMaxSize": 12}, NotificationARNs=[topic])
    sns.delete_topic(TopicArn=topic)


@blocks("An approval is asked for and there is none.", "approv", scenario="approval-missing")
def approval_absent(stage: Stage) -> None:
    """As the scenario says."""


@blocks("The change window is over.", "window")
def outside_the_window(stage: Stage) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    stage.configure("stacks.demo.change", window={"from": now - timedelta(days=2), "to": now - timedelta(days=1)})


@blocks("A rehearsal is asked for, and there was none.", "rehears")
def not_rehearsed(stage: Stage) -> None:
    stage.configure("stacks.demo.change", rehearsed_on="demo-role")


# ---- afterwards ------------------------------------------------------------------------------------------------------


@shows_afterwards("The new services machine never becomes healthy.", "TargetGroup", scenario="unhealthy-after")
def never_healthy(stage: Stage) -> None:
    """As the scenario says."""


@shows_afterwards("The update silently makes a new data volume.", "DataVolume", scenario="identity-lost")
def identity_changed(stage: Stage) -> None:
    """As the scenario says."""


def _class_changed(stage: Stage) -> None:
    modify_database(stage, DBInstanceClass="db.t4g.medium")


@shows_afterwards("Meanwhile somebody changes the database.", "AnalyticsDBInstance", meanwhile=_class_changed)
def database_changed_meanwhile(stage: Stage) -> None:
    """As it was made."""


def _alarm_goes_off(stage: Stage) -> None:
    alarm(stage, "ServicesCpuUsageHighAlarm", "ALARM")


@shows_afterwards("An alarm goes off, and stays.", "ServicesCpuUsageHighAlarm", meanwhile=_alarm_goes_off)
def alarm_after_the_update(stage: Stage) -> None:
    install(stage, QUIET_ALARM)


@shows_afterwards("The target takes the database out of the backup.", "AnalyticsDBInstance", "backup")
def no_longer_backed_up(stage: Stage) -> None:
    target(stage, {"          - !GetAtt AnalyticsDBInstance.DBInstanceArn\n": ""})


@shows_afterwards("The services machine is not replaced: it runs the old image.", "ServicesAutoScalingGroup", "image")
def old_image_runs_on(stage: Stage) -> None:
    rolling = "    UpdatePolicy:\n      AutoScalingRollingUpdate: { WaitOnResourceSignals: false }\n"
    target(stage, {rolling: ""})


@shows_afterwards("The application's address does not answer.", "127.0.0.1")
def application_silent(stage: Stage) -> None:
    stage.configure("stacks.demo.health", from_here=True, addresses=["https://127.0.0.1:1/health"])


def _protection_off(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=False)


@shows_afterwards(
    "Meanwhile somebody switches termination protection off.",
    "termination protection",
    verdict="UPGRADED",
    meanwhile=_protection_off,
)
def protection_lost(stage: Stage) -> None:
    stage.client("cloudformation").update_termination_protection(StackName=STACK, EnableTerminationProtection=True)


@shows_afterwards(
    "What the target no longer has can't be deleted.", "ServicesInstanceDedicatedMachinesAccess", verdict="UPGRADED"
)
def left_behind(stage: Stage) -> None:
    fault = {"on": "delete", "reason": "Access denied for operation 'DeleteRolePolicy'."}
    stage.knobs.set({"resources": {"ServicesInstanceDedicatedMachinesAccess": fault}})


@shows_afterwards("The update fails, and the old state is back.", verdict="ROLLED_BACK", scenario="update-fails")
def rolled_back(stage: Stage) -> None:
    """As the scenario says."""
