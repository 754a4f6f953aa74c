"""Evaluating templates as CloudFormation does: pure, no AWS, no time."""
