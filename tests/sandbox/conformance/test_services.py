"""Services beside CloudFormation, where a gate reads them and moto alone would mislead it."""

import json
from typing import Any

import boto3

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud
from tests.sandbox.conformance.groups import TRUST
from tests.sandbox.outside import refused


@conformance("emulates", "IAM")
def test_trust(cloud: Cloud) -> None:
    """GetRole shows whom a role trusts, whether CloudFormation made it or somebody else."""
    iam = cloud.client("iam")
    cloud.create("one", {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}})
    role = iam.get_role(RoleName=cloud.physical_id("one", "R"))["Role"]
    assert role["AssumeRolePolicyDocument"] == TRUST


@conformance("emulates", "IAM")
def test_policies_of_who_calls(cloud: Cloud) -> None:
    """With the knob `enforce` every call must be allowed by the policies of the user or role that signs it."""
    iam, statement = cloud.client("iam"), {"Effect": "Allow", "Action": "rds:Describe*", "Resource": "*"}
    iam.create_user(UserName="reader")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    cloud.knobs.set({"enforce": True})

    reader.client("rds", endpoint_url=cloud.url).describe_db_instances()
    code, _ = refused(reader.client("batch", endpoint_url=cloud.url).describe_job_queues)
    assert code == "AccessDeniedException"
    cloud.client("batch").describe_job_queues()


@conformance("simplifies", "IAM")
def test_resources_of_calls(cloud: Cloud) -> None:
    """Enforced policies know of resources only objects in S3 and roles that are passed; all else is asked for on `*`."""
    iam, database = cloud.client("iam"), "arn:aws:rds:*:*:db:one"
    iam.create_user(UserName="narrow")
    statement = {"Effect": "Allow", "Action": "rds:Describe*", "Resource": database}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="narrow", PolicyName="reads", PolicyDocument=document)
    key = iam.create_access_key(UserName="narrow")["AccessKey"]
    cloud.knobs.set({"enforce": True})
    narrow = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")

    assert refused(narrow.client("rds", endpoint_url=cloud.url).describe_db_instances)[0] == "AccessDenied"


@conformance("emulates", "Alarms")
def test_alarms_are_what_somebody_sets_them_to(cloud: Cloud) -> None:
    """An alarm is OK until SetAlarmState says otherwise, and an update of the stack keeps its state; no metric is evaluated."""
    alarm: dict[str, Any] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "AWS/EC2",
            "MetricName": "CPUUtilization",
            "Statistic": "Average",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 70,
            "ComparisonOperator": "GreaterThanThreshold",
        },
    }
    cloud.create("one", {"A": alarm})
    cloudwatch = cloud.client("cloudwatch")
    name = cloud.physical_id("one", "A")

    def state() -> str:
        return str(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])

    assert state() == "OK"
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="too hot")
    cloud.update("one", {"A": {**alarm, "Properties": {**alarm["Properties"], "Threshold": 80}}})
    assert state() == "ALARM"


@conformance("simplifies", "Certificates")
def test_certificates_are_issued_at_once(cloud: Cloud) -> None:
    """A certificate is issued when it is requested, however it is validated, and ends a year later."""
    arn = cloud.client("acm").request_certificate(DomainName="a.example.com", ValidationMethod="EMAIL")[
        "CertificateArn"
    ]
    found = cloud.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    assert found["Status"] == "ISSUED"
    assert 364 <= (found["NotAfter"] - found["NotBefore"]).days <= 366


@conformance("emulates", "S3")
def test_put_object_if_none_match(cloud: Cloud) -> None:
    """PutObject with `If-None-Match: *` never writes over an object: PreconditionFailed."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="kept-as-it-is")
    put = {"Bucket": "kept-as-it-is", "Key": "name", "IfNoneMatch": "*"}
    s3.put_object(**put, Body=b"first")
    code, _ = refused(s3.put_object, **put, Body=b"second")
    assert code == "PreconditionFailed"
    assert s3.get_object(Bucket="kept-as-it-is", Key="name")["Body"].read() == b"first"
