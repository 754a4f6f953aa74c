"""What computes for a stack, where a gate reads it."""

from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud

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
