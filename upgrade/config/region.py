"""What a region's name says of its partition. Pure.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
_SUFFIXES = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}


def partition(region: str) -> str:
    """`aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def url_suffix(region: str) -> str:
    """What AWS::URLSuffix is there."""
    return _SUFFIXES.get(partition(region), "amazonaws.com")
