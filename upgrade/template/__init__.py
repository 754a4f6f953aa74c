"""Reading and resolving CloudFormation templates. Shares no code with the sandbox's engine: the two check each other."""
