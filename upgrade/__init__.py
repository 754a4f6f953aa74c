"""The gate. The way through it is one line:

config → facts → preflight → plan → checks on the plan → gate → apply → watch → facts again → postflight → record → views
"""
