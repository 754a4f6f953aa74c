"""What checks and the run share: rules over facts and templates. Pure, and each tested by itself."""
