"""What computes for a stack, where a gate reads it."""

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud
from tests.sandbox.outside import refused

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@conformance("simplifies", "Lambda")
def test_functions(cloud: Cloud) -> None:
    """A function exists in Lambda, in any state (knob `functions`); nobody calls it, and its code is not looked at."""
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
    code = {"Code": {"ZipFile": "x"}, "Handler": "index.handler", "Runtime": "python3.12"}
    function = {"Type": "AWS::Lambda::Function", "Properties": {**code, "Role": {"Fn::GetAtt": ["R", "Arn"]}}}
    cloud.create("one", {"R": role, "F": function})
    name, client = cloud.physical_id("one", "F"), cloud.client("lambda")
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    cloud.knobs.set({"functions": {name: {"State": "Failed"}}})
    assert client.get_function_configuration(FunctionName=name)["State"] == "Failed"
    assert client.get_function_concurrency(FunctionName=name)["ReservedConcurrentExecutions"] == 0


@conformance("simplifies", "Maintenance")
def test_maintenance_that_is_due(cloud: Cloud) -> None:
    """What AWS is going to do to databases, cache groups and search domains is what knob `upkeep` says; it never happens."""
    properties = {
        "AllocatedStorage": "20",
        "DBInstanceClass": "db.t3.medium",
        "Engine": "postgres",
        "MasterUsername": "me",
        "MasterUserPassword": "not-a-secret",
    }
    cloud.create("one", {"D": {"Type": "AWS::RDS::DBInstance", "Properties": properties}})
    rds, name = cloud.client("rds"), cloud.physical_id("one", "D")
    arn = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceArn"]
    assert rds.describe_pending_maintenance_actions(ResourceIdentifier=arn)["PendingMaintenanceActions"] == []
    cloud.knobs.set({"upkeep": {name: [{"Action": "system-update"}]}})
    [found] = rds.describe_pending_maintenance_actions(ResourceIdentifier=arn)["PendingMaintenanceActions"]
    assert [row["Action"] for row in found["PendingMaintenanceActionDetails"]] == ["system-update"]


@conformance("emulates", "Quotas")
def test_quotas(cloud: Cloud) -> None:
    """GetServiceQuota tells default values of EC2 and Batch, or those of knob `quotas`, and knows no others."""
    quotas = cloud.client("service-quotas")
    cloud.knobs.set({"quotas": {"L-1216C47A": 16}})
    values = [
        quotas.get_service_quota(ServiceCode=service, QuotaCode=code)["Quota"]["Value"]
        for service, code in (("ec2", "L-1216C47A"), ("ec2", "L-0263D0A3"), ("batch", "L-144F0CA5"))
    ]
    assert values == [16, 5, 50]
    assert refused(quotas.get_service_quota, ServiceCode="ec2", QuotaCode="L-00000000")[0] == "NoSuchResourceException"
