"""The engine's refusals, with the code and the words of CloudFormation's API errors."""


class CloudFormationError(Exception):
    """An error answer: `code` as boto3 shows it, `message` as AWS words it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class ValidationError(CloudFormationError):
    """What CloudFormation answers to most wrong requests."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationError", message)
