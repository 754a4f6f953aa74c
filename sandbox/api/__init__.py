"""The engine's HTTP face: CloudFormation actions over moto's request parsing and botocore's service model."""
