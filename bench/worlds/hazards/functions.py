"""The function behind a custom resource."""

from bench.worlds import blocks, warns
from bench.worlds.hands import install, resource, target
from sandbox.scenarios.stage import Stage

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


def function(stage: Stage, edits: dict[str, str], target_edits: dict[str, str]) -> str:
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
    function(stage, {"python3.12": "nodejs12.x"}, {"Timeout: 60": "Timeout: 90"})


@warns("A function's runtime is past its update block; the plan leaves it alone.", "CleanupFunction", "nodejs12.x")
def runtime_blocked_untouched(stage: Stage) -> None:
    function(stage, {"python3.12": "nodejs12.x"}, {})


@blocks("The function behind a custom resource may not run at all.", "CleanupFunction", "concurrency")
def function_throttled_to_zero(stage: Stage) -> None:
    name = function(stage, {}, TOUCHED)
    stage.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)


@blocks("The function behind a custom resource is gone.", "CleanupFunction")
def function_gone(stage: Stage) -> None:
    name = function(stage, {}, TOUCHED)
    stage.client("lambda").delete_function(FunctionName=name)
