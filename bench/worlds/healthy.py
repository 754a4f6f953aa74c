"""Deployments that may be upgraded: what a healthy one looks like after months of use, and what companies do to theirs.

None may be stopped. Words say that a warning is due, and what it must name.
"""

from bench.worlds import may_be_upgraded, may_go
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
    grow,
    importer,
    install,
    kept_parameters,
    modify_database,
    own_image,
    policy,
    role,
    soon,
    update,
)
from sandbox.scenarios.activity import start_worker
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import BACKUP, BACKUP_TEMPLATE, LIVE, TARGET


@may_go("Nothing was touched.")
def untouched(stage: Stage) -> None:
    """As it was made."""


@may_go("The services machine has filled the warm pool.")
def warm_pool_filled(stage: Stage) -> None:
    stage.client("autoscaling").put_warm_pool(
        AutoScalingGroupName=stage.physical_id("WorkersAutoScalingGroup"),
        MinSize=1,
        MaxGroupPreparedCapacity=2,
        PoolState="Stopped",
    )


@may_go("The services machine has changed the size of the worker group.")
def workers_resized(stage: Stage) -> None:
    stage.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=stage.physical_id("WorkersAutoScalingGroup"), MaxSize=20
    )


@may_go("A governance tool has put its tags on everything.")
def tagged_by_governance(stage: Stage) -> None:
    tag = {"Key": "cost-centre", "Value": "4711"}
    ec2 = [stage.physical_id(name) for name in ("DataVolume", "ServicesSecurityGroup", "Vpc", "WorkersLaunchTemplate")]
    stage.client("ec2").create_tags(Resources=ec2, Tags=[tag])
    database = stage.client("rds").describe_db_instances()["DBInstances"][0]["DBInstanceArn"]
    stage.client("rds").add_tags_to_resource(ResourceName=database, Tags=[tag])
    stage.client("kms").tag_resource(
        KeyId=stage.physical_id("BackupKMSKey"), Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]}]
    )
    balanced = [stage.physical_id("ExternalLoadBalancer"), stage.physical_id("TargetGroupWeb")]
    stage.client("elbv2").add_tags(ResourceArns=balanced, Tags=[tag])
    stage.client("iam").tag_role(RoleName=stage.physical_id("ServicesInstanceRole"), Tags=[tag])
    stage.client("sns").tag_resource(ResourceArn=stage.physical_id("AlarmsTopic"), Tags=[tag])
    stage.client("secretsmanager").tag_resource(SecretId=stage.physical_id("RedisAuthToken"), Tags=[tag])
    s3 = stage.client("s3")
    for bucket in (stage.physical_id("S3CapsulesBucket"), stage.physical_id("S3ResultsBucket")):
        try:
            tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
        except s3.exceptions.ClientError:
            tags = []
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [*tags, tag]})


@may_go("Security has switched on access logging of a bucket.")
def bucket_logging_added(stage: Stage) -> None:
    s3 = stage.client("s3")
    s3.create_bucket(Bucket="central-access-logs", ObjectOwnership="ObjectWriter")
    s3.put_bucket_acl(Bucket="central-access-logs", ACL="log-delivery-write")
    s3.put_bucket_logging(
        Bucket=stage.physical_id("S3CapsulesBucket"),
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "central-access-logs", "TargetPrefix": "capsules/"}},
    )


@may_go("A neighbour's stack has added a rule to a security group.")
def rule_of_a_neighbour(stage: Stage) -> None:
    stage.client("ec2").authorize_security_group_ingress(
        GroupId=stage.physical_id("ServicesSecurityGroup"),
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 9100, "ToPort": 9100, "IpRanges": [{"CidrIp": "10.9.0.0/16"}]}
        ],
    )


@may_go("The database has grown to 37 GiB, and the configuration follows it.")
def database_followed(stage: Stage) -> None:
    grow(stage, 37)
    stage.configure("stacks.demo.parameters", pRdsAllocatedStorage="actual")


@may_go("The database runs a newer minor version than when it was made.")
def minor_version_ahead(stage: Stage) -> None:
    modify_database(stage, EngineVersion="16.9")


@may_go("Internal, in an existing VPC, with a certificate of the company's.", scenario="vendor-internal")
def existing_vpc(stage: Stage) -> None:
    """As the scenario says."""


@may_go("Internal, without a hosted zone.", scenario="vendor-internal")
def no_hosted_zone(stage: Stage) -> None:
    update(stage, {"pHostedZoneId": ""})


@may_go("Three availability zones.", scenario="vendor")
def three_zones(stage: Stage) -> None:
    update(stage, {"pNewVpcAvailabilityZone3": "us-east-1c"})


@may_go("Six availability zones.", scenario="vendor")
def six_zones(stage: Stage) -> None:
    update(stage, {f"pNewVpcAvailabilityZone{number}": f"us-east-1{'abcdef'[number - 1]}" for number in range(3, 7)})


@may_go("A certificate of one's own has 25 days left.", "certificate", "ends at")
def certificate_with_25_days(stage: Stage) -> None:
    update(stage, {"pCertificateArn": certificate(stage, 25.5)})


@may_go("There is no backup stack, and none is linked.")
def no_backup_stack(stage: Stage) -> None:
    update(stage, {"pDestinationBackupVaultArn": ""})
    stage.configure("stacks.demo", backup=None, backup_policy=None)


@may_go("Backups are copied to another region.")
def backup_in_another_region(stage: Stage) -> None:
    from sandbox import clients  # noqa: PLC0415

    key = f"templates/codeocean-backup/{BACKUP}/{BACKUP_TEMPLATE}.template.yaml"
    cloudformation = clients.client("cloudformation", "us-west-2")
    cloudformation.create_stack(
        StackName="codeocean-backup-west",
        TemplateURL=f"https://codeocean-vpc.s3.amazonaws.com/{key}",
        Parameters=[{"ParameterKey": "pSourceAccountId", "ParameterValue": stage.account}],
        Capabilities=["CAPABILITY_IAM"],
    )
    outputs = cloudformation.describe_stacks(StackName="codeocean-backup-west")["Stacks"][0]["Outputs"]
    vault = next(each["OutputValue"] for each in outputs if each["OutputKey"] == "BackupVaultArn")
    update(stage, {"pDestinationBackupVaultArn": vault, "pWorkersAsgMaxSize": 12})
    copy_backups(stage, vault)
    stage.configure("stacks.demo-backup", stack_name="codeocean-backup-west", region="us-west-2")


@may_go("Backups are copied to a vault of the company's, not the vendor's stack.")
def vault_of_the_company(stage: Stage) -> None:
    vault = stage.client("backup").create_backup_vault(BackupVaultName="company")["BackupVaultArn"]
    update(stage, {"pDestinationBackupVaultArn": vault, "pWorkersAsgMaxSize": 12})
    copy_backups(stage, vault)
    stage.configure("stacks.demo", backup={"none": "the company's own vault takes the copies"}, backup_policy=None)


@may_go("The deployment role was made by hand and may do more than asked for.")
def role_made_by_hand(stage: Stage) -> None:
    stage.configure("stacks.demo", deploy_role={"role": role(stage, "company-deploy")})


@may_go("The stack has a service role; nothing else names one.")
def service_role_on_the_stack(stage: Stage) -> None:
    update(stage, {"pWorkersAsgMaxSize": 12}, RoleARN=role(stage, "company-cloudformation"))


@may_go("A custom image is in use, and somebody has said that it fits the target.")
def custom_image_acknowledged(stage: Stage) -> None:
    update(stage, {"pCustomAmi": own_image(stage)})
    stage.acknowledge("custom_images", LIVE, TARGET)


@may_go("A registry of the company's is configured for the target, and somebody has said that it fits.")
def custom_registry_acknowledged(stage: Stage) -> None:
    stage.configure("stacks.demo.parameters", pCustomUpstreamDockerRegistryEndpoint="registry.example.com/codeocean")
    stage.acknowledge("custom_images", LIVE, TARGET)


@may_go("Tags are added to those that the stack has.")
def more_tags(stage: Stage) -> None:
    update(stage, {"pWorkersAsgMaxSize": 12}, Tags=[{"Key": "owner", "Value": "platform"}])
    stage.configure("stacks.demo", tags={"cost-centre": "4711"})


@may_go("An alarm that says nothing about an upgrade has been in ALARM for months.", "ServicesCpuUsageHighAlarm")
def alarm_for_months(stage: Stage) -> None:
    install(stage, QUIET_ALARM)
    alarm(stage, "ServicesCpuUsageHighAlarm", "ALARM")


@may_go("An alarm has no data.")
def alarm_without_data(stage: Stage) -> None:
    alarm(stage, "ServicesUnhealthyHostAlarm", "INSUFFICIENT_DATA")


@may_go("A value in Parameter Store is as it was at the last update.")
def ssm_value_unchanged(stage: Stage) -> None:
    stage.client("ssm").put_parameter(Name=TIER, Value="gold", Type="String")
    install(stage, SSM_VALUE)


@may_go("The data volume was enlarged by hand, and somebody has said so.")
def volume_enlarged_and_acknowledged(stage: Stage) -> None:
    stage.client("ec2").modify_volume(VolumeId=stage.physical_id("DataVolume"), Size=600)
    stage.acknowledge("enlarged_volume", LIVE, TARGET)


@may_go("The services machine is a larger one.")
def larger_services_machine(stage: Stage) -> None:
    update(stage, {"pServicesInstanceType": "m7i.xlarge"})


@may_go("Change sets of others that failed lie about.")
def failed_change_sets(stage: Stage) -> None:
    change_set(stage, "console-try", UsePreviousTemplate=True, Parameters=kept_parameters(stage))


@may_go("A process that the upgrade does not need is suspended in the worker group.")
def rebalancing_suspended(stage: Stage) -> None:
    stage.client("autoscaling").suspend_processes(
        AutoScalingGroupName=stage.physical_id("WorkersAutoScalingGroup"),
        ScalingProcesses=["AZRebalance", "AlarmNotification"],
    )


@may_go("Machines and jobs of another deployment in the account are at work.")
def neighbour_at_work(stage: Stage) -> None:
    start_worker(stage, "codeocean-dev")


@may_go("A stack policy protects the database, which the upgrade does not touch.")
def policy_protects_the_database(stage: Stage) -> None:
    document = policy(allow("Update:*"), deny("Update:*", "LogicalResourceId/AnalyticsDBInstance"))
    stage.client("cloudformation").set_stack_policy(StackName=STACK, StackPolicyBody=document)


@may_go("The stack tells a topic of its updates.")
def topic_notified(stage: Stage) -> None:
    topic = stage.client("sns").create_topic(Name="operations")["TopicArn"]
    update(stage, {"pWorkersAsgMaxSize": 12}, NotificationARNs=[topic])


@may_go("Another stack imports an export that stays.")
def export_kept(stage: Stage) -> None:
    install(stage, EXPORT)
    importer(stage)


@may_go("Drift that the company has declared, with reason and expiry.")
def drift_declared(stage: Stage) -> None:
    modify_database(stage, DBInstanceClass="db.t4g.medium")
    stage.configure(
        "stacks.demo",
        expected_drift=[
            {"resource": "AnalyticsDBInstance", "property": "/DBInstanceClass", "reason": "INC-1742", "expires": soon()}
        ],
    )


@may_be_upgraded("Drifted, full, resized and upgraded: what a deployment in use has.")
def in_use_and_upgraded(stage: Stage) -> None:
    warm_pool_filled(stage)
    workers_resized(stage)
    tagged_by_governance(stage)
    database_followed(stage)
    alarm_without_data(stage)
