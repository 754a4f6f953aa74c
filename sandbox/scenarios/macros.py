"""Templates of which CloudFormation makes more than is written in them."""

from sandbox.scenarios.registry import scenario
from sandbox.scenarios.stage import Stage
from sandbox.scenarios.world import deployment

LOOP_AND_FUNCTION = {
    "\nMappings:\n": """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]

Mappings:
  Logs:
    Audit: { days: 30 }
    Jobs: { days: 30 }
    Users: { days: 30 }
""",
    "\nResources:\n": """
Resources:
  Fn::ForEach::Logs:
    - Name
    - [Audit, Jobs, Users]
    - ${Name}Log:
        Type: AWS::Logs::LogGroup
        Properties:
          LogGroupName: !Sub "/codeocean/${AWS::StackName}/${Name}"
          RetentionInDays: !FindInMap [Logs, !Ref Name, days]

  Reminder:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      InlineCode: "def handler(event, context): pass"
      Events:
        Nightly: { Type: Schedule, Properties: { Schedule: rate(1 day) } }

""",
}
"""Three log groups of a loop, and a function that SAM gives a role and a rule."""

LONGER = {"    Audit: { days: 30 }": "    Audit: { days: 365 }"}


@scenario("with-macros", "A loop makes three log groups and SAM a function; the target keeps one of the logs longer.")
def with_macros(stage: Stage) -> None:
    """What changes stands in neither template by its name."""
    stage.capabilities.append("CAPABILITY_AUTO_EXPAND")
    deployment(stage, edits=LOOP_AND_FUNCTION, target_edits=LONGER)


@scenario(
    "loop-shortened", "The target's loop leaves out one of three log groups, which deletes it with all that it holds."
)
def loop_shortened(stage: Stage) -> None:
    """Its name stands in neither template."""
    stage.capabilities.append("CAPABILITY_AUTO_EXPAND")
    deployment(stage, edits=LOOP_AND_FUNCTION, target_edits={"[Audit, Jobs, Users]": "[Jobs, Users]"})
