"""One module for each target format; see feedkeep.formats."""
