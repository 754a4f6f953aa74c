"""The one error of template evaluation: a text fit for CloudFormation's ValidationError."""


class TemplateError(Exception):
    """The template, or what it is given, is refused; `message` is worded as CloudFormation words it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
