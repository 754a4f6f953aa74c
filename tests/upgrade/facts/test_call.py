"""Whether a call went to AWS is read from its endpoint, and nothing else passes for it."""

import pytest

from upgrade.facts.call import is_aws


@pytest.mark.parametrize(
    ("endpoint", "aws"),
    [
        ("https://cloudformation.us-east-1.amazonaws.com", True),
        ("https://sts.cn-north-1.amazonaws.com.cn", True),
        ("https://bucket.s3.us-east-1.amazonaws.com", True),
        ("https://lambda.us-east-1.api.aws", True),
        ("http://cloudformation.us-east-1.amazonaws.com", False),
        ("http://127.0.0.1:5000", False),
        ("https://amazonaws.com.example.org", False),
        ("https://notamazonaws.com", False),
        ("https://user@evil.example/amazonaws.com", False),
        ("", False),
    ],
)
def test_only_https_to_aws_is_aws(*, endpoint: str, aws: bool) -> None:
    assert is_aws(endpoint) is aws
