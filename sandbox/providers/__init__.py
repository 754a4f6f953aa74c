"""Resource types: those whose state lives in a moto service, and a schema-checked store for every other type."""
