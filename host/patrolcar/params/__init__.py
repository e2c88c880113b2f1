"""The car's parameters: what they are, how they are told and set over a link, files of them."""
