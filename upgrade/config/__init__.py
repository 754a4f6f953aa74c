"""What the user wants: `stacks.toml`, the products, and the target they name. Read once, understood completely or refused."""
