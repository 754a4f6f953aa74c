"""What the documentation tells is tried: recipes are linted and run, options and numbers are looked up in the code."""
