"""AWS on loopback, over real HTTP, for any client.

moto plays the services. CloudFormation is our own engine (`sandbox.engine`), because moto's reports UPDATE_COMPLETE for
updates it never made. A fault layer (`sandbox.faults`) stands in front of both.

It imports nothing of the gate: its contract is botocore's service model, so that one mistake cannot hide in both.
"""
