"""AWS::Serverless-2016-10-31: SAM, by the library that CloudFormation itself uses.

https://github.com/aws/serverless-application-model
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from sandbox.template.errors import TemplateError

MANAGED_POLICIES: dict[str, str] = {}
"""Managed policies by name, beside those the library knows: a template must name them by ARN."""


def translate(body: Mapping[str, Any], parameters: Mapping[str, Any], region: str) -> dict[str, Any]:
    """The template with the resources of SAM replaced by those they stand for.

    Raises:
        TemplateError: what CloudFormation says after `Transform AWS::Serverless-2016-10-31 failed with:`.
    """
    translator = Translator(MANAGED_POLICIES, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        made: dict[str, Any] = translator.translate(deepcopy(dict(body)), dict(parameters))
    except InvalidDocumentException as error:
        raise TemplateError(" ".join([error.message, *(cause.message for cause in error.causes)])) from None
    except Exception as error:  # https://github.com/aws/serverless-application-model/issues/236: AWS says so too
        raise TemplateError("Internal transform failure.") from error
    finally:
        translator.metrics.publish()  # the library warns of metrics that are not
    return made
