"""The CloudFormation engine: stacks, change sets, operations, events, drift."""
