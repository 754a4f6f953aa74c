"""The account and region every sandbox plays."""

ACCOUNT = "111122223333"
REGION = "us-east-1"
