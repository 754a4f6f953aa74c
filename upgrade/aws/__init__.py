"""The only code that imports boto3: sessions, the call log, one adapter a service family."""
