"""The commands of `patrol`, by what they are about: thin functions without logic."""
